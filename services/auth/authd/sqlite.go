//go:build !nosqlite

package authd

import (
	"context"

	"stockroom/pkg/commitlog/sqlitelog"
	"stockroom/pkg/sqlite"
	"stockroom/services/auth/adapters/sqlitestore"
)

func openSQLite(ctx context.Context, path string, migrate bool) (database, error) {
	open := sqlite.OpenMigrated
	if migrate {
		open = sqlite.Open
	}
	db, err := open(ctx, path, sqlitestore.Migrations())
	if err != nil {
		return database{}, err
	}
	log := sqlitelog.New(db)
	return database{
		credentials: sqlitestore.NewCredentials(db, log),
		changes:     sqlitestore.NewChanges(db, log),
		sessions:    sqlitestore.NewSessions(db, log),
		endings:     sqlitestore.NewEndings(db),
		log:         log,
		keys:        sqlitestore.NewKeys(db),
		vault:       sqlitestore.NewVault(db),
		letters:     sqlitestore.NewLetters(db),
		measure:     db.Measure,
		close:       db.Close,
	}, nil
}
