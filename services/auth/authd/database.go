package authd

import (
	"context"
	"errors"
	"strings"
	"time"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/telemetry"
	"stockroom/services/auth"
)

// database is what one of the engines stores.
type database struct {
	credentials auth.Credentials
	changes     auth.Changes
	sessions    auth.Sessions
	endings     auth.Endings
	keys        auth.Keys
	vault       auth.Vault
	letters     auth.Letters
	log         interface {
		commitlog.Source
		commitlog.Raiser
		OnCommit(tell func(context.Context, commitlog.Event))
		Trim(ctx context.Context, keep time.Duration, rows int64) error
	}
	measure func(*telemetry.Telemetry)
	close   func() error
}

var errDatabase = errors.New("the URL in STOCKROOM_DATABASE_URL must have the scheme postgres or sqlite")

// Migrate brings the schema at url, as Config.DatabaseURL has it, up to date.
// It may be done again, and in PostgreSQL by several at once.
func Migrate(ctx context.Context, url string) error {
	db, err := openDatabase(ctx, url, true)
	if err != nil {
		return err
	}
	return db.close()
}

func openDatabase(ctx context.Context, url string, migrate bool) (database, error) {
	scheme, path, _ := strings.Cut(url, ":")
	switch scheme {
	case "postgres", "postgresql":
		return openPostgres(ctx, url, migrate)
	case "sqlite":
		return openSQLite(ctx, path, migrate)
	default:
		return database{}, errDatabase
	}
}
