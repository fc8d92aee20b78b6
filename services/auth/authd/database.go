package authd

import (
	"context"
	"errors"
	"strings"

	"stockroom/pkg/postgres"
	"stockroom/pkg/sqlite"
	"stockroom/pkg/telemetry"
	"stockroom/services/auth"
	"stockroom/services/auth/adapters/pgstore"
	"stockroom/services/auth/adapters/sqlitestore"
)

// database is what one of the engines stores.
type database struct {
	credentials auth.Credentials
	changes     auth.Changes
	sessions    auth.Sessions
	keys        auth.Keys
	measure     func(*telemetry.Telemetry)
	close       func() error
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

func openPostgres(ctx context.Context, url string, migrate bool) (database, error) {
	open := postgres.OpenMigrated
	if migrate {
		open = postgres.Open
	}
	pool, err := open(ctx, url, pgstore.Migrations())
	if err != nil {
		return database{}, err
	}
	return database{
		credentials: pgstore.NewCredentials(pool),
		changes:     pgstore.NewChanges(pool),
		sessions:    pgstore.NewSessions(pool),
		keys:        pgstore.NewKeys(pool),
		measure:     func(t *telemetry.Telemetry) { postgres.Measure(t, pool) },
		close:       func() error { pool.Close(); return nil },
	}, nil
}

func openSQLite(ctx context.Context, path string, migrate bool) (database, error) {
	open := sqlite.OpenMigrated
	if migrate {
		open = sqlite.Open
	}
	db, err := open(ctx, path, sqlitestore.Migrations())
	if err != nil {
		return database{}, err
	}
	return database{
		credentials: sqlitestore.NewCredentials(db),
		changes:     sqlitestore.NewChanges(db),
		sessions:    sqlitestore.NewSessions(db),
		keys:        sqlitestore.NewKeys(db),
		measure:     db.Measure,
		close:       db.Close,
	}, nil
}
