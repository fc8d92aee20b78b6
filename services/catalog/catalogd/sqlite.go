//go:build !nosqlite

package catalogd

import (
	"context"

	"stockroom/pkg/commitlog/sqlitelog"
	"stockroom/pkg/sqlite"
	"stockroom/services/catalog/adapters/sqlitestore"
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
	return database{sqlitestore.New(db, log), log, db.Measure, db.Close}, nil
}
