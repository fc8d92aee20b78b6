package authd

import (
	"context"
	"errors"
	"strings"

	"stockroom/pkg/postgres"
	"stockroom/pkg/sqlite"
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
	close       func() error
}

var errDatabase = errors.New("the URL in STOCKROOM_DATABASE_URL must have the scheme postgres or sqlite")

func openDatabase(ctx context.Context, url string) (database, error) {
	scheme, path, _ := strings.Cut(url, ":")
	switch scheme {
	case "postgres", "postgresql":
		return openPostgres(ctx, url)
	case "sqlite":
		return openSQLite(ctx, path)
	default:
		return database{}, errDatabase
	}
}

func openPostgres(ctx context.Context, url string) (database, error) {
	pool, err := postgres.Open(ctx, url, pgstore.Migrations())
	if err != nil {
		return database{}, err
	}
	return database{
		credentials: pgstore.NewCredentials(pool),
		changes:     pgstore.NewChanges(pool),
		sessions:    pgstore.NewSessions(pool),
		keys:        pgstore.NewKeys(pool),
		close:       func() error { pool.Close(); return nil },
	}, nil
}

func openSQLite(ctx context.Context, path string) (database, error) {
	db, err := sqlite.Open(ctx, path, sqlitestore.Migrations())
	if err != nil {
		return database{}, err
	}
	return database{
		credentials: sqlitestore.NewCredentials(db),
		changes:     sqlitestore.NewChanges(db),
		sessions:    sqlitestore.NewSessions(db),
		keys:        sqlitestore.NewKeys(db),
		close:       db.Close,
	}, nil
}
