package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// ErrOldSchema means that a schema lacks migrations that the program needs.
var ErrOldSchema = errors.New("the schema is older than this program: let it migrate first")

// OpenMigrated opens a database whose schema somebody else brings up to date. It
// fails with ErrOldSchema if not all of migrations have been made there. That
// there are more is fine: a newer program may have come already.
func OpenMigrated(ctx context.Context, path string, migrations fs.FS) (*DB, error) {
	return open(path, func(db *sql.DB) error { return check(ctx, db, migrations) })
}

func check(ctx context.Context, db *sql.DB, migrations fs.FS) error {
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, migrations, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	store, err := database.NewStore(database.DialectSQLite3, goose.DefaultTablename)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	var there bool
	err = db.QueryRowContext(ctx, `select exists (select 1 from sqlite_schema where name = ?)`, goose.DefaultTablename).Scan(&there)
	if err != nil {
		return fmt.Errorf("read the version of the schema: %w", err)
	}
	if !there {
		return fmt.Errorf("%w (nothing is there yet)", ErrOldSchema)
	}
	made, err := store.ListMigrations(ctx, db)
	if err != nil {
		return fmt.Errorf("read the version of the schema: %w", err)
	}
	done := map[int64]bool{}
	for _, m := range made {
		done[m.Version] = true
	}
	for _, m := range provider.ListSources() {
		if !done[m.Version] {
			return fmt.Errorf("%w (%s is missing)", ErrOldSchema, m.Path)
		}
	}
	return nil
}
