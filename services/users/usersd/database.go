package usersd

import (
	"context"
	"errors"
	"strings"
	"time"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/pglog"
	"stockroom/pkg/commitlog/sqlitelog"
	"stockroom/pkg/postgres"
	"stockroom/pkg/sqlite"
	"stockroom/pkg/telemetry"
	"stockroom/services/users"
	"stockroom/services/users/adapters/pgstore"
	"stockroom/services/users/adapters/sqlitestore"
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
		open := postgres.OpenMigrated
		if migrate {
			open = postgres.Open
		}
		pool, err := open(ctx, url, pgstore.Migrations())
		if err != nil {
			return database{}, err
		}
		log := pglog.New(pool)
		return database{
			store: pgstore.New(pool, log), log: log,
			measure: func(t *telemetry.Telemetry) { postgres.Measure(t, pool) },
			close: func() error {
				log.Close()
				pool.Close()
				return nil
			},
		}, nil
	case "sqlite":
		open := sqlite.OpenMigrated
		if migrate {
			open = sqlite.Open
		}
		db, err := open(ctx, path, sqlitestore.Migrations())
		if err != nil {
			return database{}, err
		}
		log := sqlitelog.New(db)
		return database{sqlitestore.New(db, log), log, db.Measure, db.Close}, nil
	default:
		return database{}, errors.New("want postgres://… or sqlite:/path in STOCKROOM_DATABASE_URL")
	}
}
