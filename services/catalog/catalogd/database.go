package catalogd

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/telemetry"
	"stockroom/services/catalog"
)

// database is the store and the log of one of the engines.
type database struct {
	store catalog.Store
	log   interface {
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
		return database{}, errors.New("want a postgres or sqlite URL in STOCKROOM_DATABASE_URL")
	}
}

// OpenService opens the database at url, as Config.DatabaseURL has it, and
// returns what can be done with the catalog in it, and what closes it again. No
// server is needed and none is disturbed: a running one finds in the log what
// is written, and its caches drop it within its next look, 250 ms.
func OpenService(ctx context.Context, url string) (_ *catalog.Service, closeDatabase func() error, err error) {
	db, err := openDatabase(ctx, url, true)
	if err != nil {
		return nil, nil, err
	}
	return newService(db.store), db.close, nil
}

func newService(store catalog.Store) *catalog.Service {
	return catalog.NewService(store, time.Now, func() catalog.ProductID {
		return catalog.ProductID(uuid.Must(uuid.NewV7()).String())
	})
}
