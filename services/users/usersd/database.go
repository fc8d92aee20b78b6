package usersd

import (
	"context"
	"errors"
	"strings"
	"time"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/telemetry"
	"stockroom/services/users"
)

// database is the store and the log of one of the engines.
type database struct {
	store interface {
		users.Store
		users.Rights
	}
	log interface {
		commitlog.Source
		commitlog.Raiser
		OnCommit(tell func(context.Context, commitlog.Event))
		Trim(ctx context.Context, keep time.Duration, rows int64) error
	}
	measure func(*telemetry.Telemetry)
	close   func() error
}

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
		return database{}, errors.New("want postgres://… or sqlite:/path in STOCKROOM_DATABASE_URL")
	}
}
