package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// ErrOldSchema means that a schema lacks migrations that the program needs.
var ErrOldSchema = errors.New("the schema is older than this program: let it migrate first")

// OpenMigrated opens a pool on url whose schema somebody else brings up to date.
// It fails with ErrOldSchema if not all of migrations have been made there. That
// there are more is fine: a newer program may have come already.
func OpenMigrated(ctx context.Context, url string, migrations fs.FS) (*pgxpool.Pool, error) {
	cfg, err := Config(url)
	if err != nil {
		return nil, err
	}
	if err := check(ctx, cfg.ConnConfig, migrations); err != nil {
		return nil, err
	}
	return open(ctx, cfg)
}

// check only reads: what migrates may be at work right now.
func check(ctx context.Context, cfg *pgx.ConnConfig, migrations fs.FS) error {
	db := stdlib.OpenDB(*cfg)
	defer db.Close() //nolint:errcheck // nothing was written

	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	store, err := database.NewStore(database.DialectPostgres, goose.DefaultTablename)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	made, err := store.ListMigrations(ctx, db)
	if isCode(err, "42P01") {
		return fmt.Errorf("%w (nothing is there yet)", ErrOldSchema)
	}
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
