// Package postgres opens the database that services keep their data in.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"go.opentelemetry.io/otel/metric/noop"

	"stockroom/pkg/tracing"
)

const (
	maxConns       = 8 // two cores do most with 8 to 16, and half as much with 32
	connectTimeout = 5 * time.Second
	migrateTimeout = 2 * time.Minute
)

// settings of every session. They bound how long a statement may run, a lock
// may be waited for and a transaction may sit idle; a client that needs other
// limits gives them in its URL.
//
// plan_cache_mode: a plan made without looking at the arguments is slower by
// orders of magnitude for the searches and filters of a catalog.
var settings = map[string]string{
	"application_name":                    "stockroom",
	"plan_cache_mode":                     "force_custom_plan",
	"statement_timeout":                   "10s",
	"lock_timeout":                        "2s",
	"idle_in_transaction_session_timeout": "5s",
	"timezone":                            "UTC",
}

// Open opens a pool on url and brings the schema up to date with migrations,
// which are goose files (github.com/pressly/goose). Several processes may do so
// at once: one migrates, the others wait for it. If url names a search_path,
// its first schema is made when it is missing.
func Open(ctx context.Context, url string, migrations fs.FS) (*pgxpool.Pool, error) {
	cfg, err := Config(url)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, cfg.ConnConfig, migrations); err != nil {
		return nil, err
	}
	return open(ctx, cfg)
}

func open(ctx context.Context, cfg *pgxpool.Config) (*pgxpool.Pool, error) {
	cfg.ConnConfig.Tracer = otelpgx.NewTracer(
		otelpgx.WithTracerProvider(tracing.Within{}),
		otelpgx.WithMeterProvider(noop.NewMeterProvider()), // the pool is measured elsewhere
		otelpgx.WithDisableConnectionDetailsInAttributes())
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open postgres: %w", err)
	}
	return pool, nil
}

// Config returns the configuration of a pool on url with the limits that every
// session of ours has. Errors never repeat the password in url.
func Config(url string) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("parse postgres url: %w", err)
	}
	for name, value := range settings {
		if _, given := cfg.ConnConfig.RuntimeParams[name]; !given {
			cfg.ConnConfig.RuntimeParams[name] = value
		}
	}
	if !strings.Contains(url, "pool_max_conns") {
		cfg.MaxConns = maxConns
	}
	if cfg.ConnConfig.ConnectTimeout == 0 {
		cfg.ConnConfig.ConnectTimeout = connectTimeout
	}
	return cfg, nil
}

func migrate(ctx context.Context, cfg *pgx.ConnConfig, migrations fs.FS) error {
	ctx, cancel := context.WithTimeout(ctx, migrateTimeout)
	defer cancel()

	cfg = cfg.Copy()
	cfg.RuntimeParams["statement_timeout"] = "0" // building an index may take its time; ctx bounds it
	cfg.RuntimeParams["lock_timeout"] = "0"
	db := stdlib.OpenDB(*cfg)
	defer db.Close() //nolint:errcheck // nothing was written through it that is not committed

	if schema, _, _ := strings.Cut(cfg.RuntimeParams["search_path"], ","); schema != "" {
		if err := ensureSchema(ctx, cfg, strings.Trim(strings.TrimSpace(schema), `"`)); err != nil {
			return err
		}
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return fmt.Errorf("lock migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations,
		goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate postgres: %w", err)
	}
	return nil
}

// ensureSchema looks before it creates: a role may own a schema that was made
// for it without being allowed to make one.
func ensureSchema(ctx context.Context, cfg *pgx.ConnConfig, schema string) error {
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return fmt.Errorf("connect postgres: %w", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // nothing depends on a clean goodbye

	var exists bool
	err = conn.QueryRow(ctx, `select exists (select from pg_namespace where nspname = $1)`, schema).Scan(&exists)
	if err != nil {
		return fmt.Errorf("look for schema %q: %w", schema, err)
	}
	if exists {
		return nil
	}
	_, err = conn.Exec(ctx, "create schema if not exists "+pgx.Identifier{schema}.Sanitize())
	if err != nil && !isCode(err, "23505", "42P06") { // somebody made it meanwhile
		return fmt.Errorf("create schema %q: %w", schema, err)
	}
	return nil
}

// IsUnique reports whether err violates the unique constraint or index called name.
func IsUnique(err error, name string) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "23505" && e.ConstraintName == name
}

func isCode(err error, codes ...string) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return false
	}
	for _, code := range codes {
		if e.Code == code {
			return true
		}
	}
	return false
}
