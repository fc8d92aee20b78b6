package testkit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/postgres"
	"stockroom/pkg/testkit/servers"
)

// postgresServer is one for all tests of a process: starting it takes seconds.
var postgresServer = sync.OnceValues(func() (*servers.Server, error) {
	if given := os.Getenv("TEST_POSTGRES_URL"); given != "" {
		return &servers.Server{URL: given}, nil
	}
	ctx, cancel := background()
	defer cancel()
	return servers.Postgres(ctx)
})

// Postgres returns a pool on a database of t's own, migrated with migrations.
func Postgres(t testing.TB, migrations fs.FS) *pgxpool.Pool {
	t.Helper()
	server, err := postgresServer()
	require.NoError(t, err)
	template, err := template(t.Context(), server.URL, migrations)
	require.NoError(t, err)

	cfg, err := postgres.Config(database(t, server.URL, template))
	require.NoError(t, err)
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return pool
}

// PostgresURL returns the URL of an empty database of t's own.
func PostgresURL(t testing.TB) string {
	t.Helper()
	server, err := postgresServer()
	require.NoError(t, err)
	return database(t, server.URL, "template1")
}

func database(t testing.TB, admin, template string) string {
	t.Helper()
	name := unique("test_")
	create := "create database " + name + " template " + template + " strategy file_copy"
	require.NoError(t, execute(t.Context(), admin, create))
	cleanup(t, "drop database", func(ctx context.Context) error {
		return execute(ctx, admin, "drop database "+name+" with (force)")
	})
	own, err := withDatabase(admin, name)
	require.NoError(t, err)
	return own
}

// template returns the name of a database that is migrated already: copying it
// is faster than migrating. Its name tells its contents, and it becomes a
// template only when it is complete, so that test processes can share it.
func template(ctx context.Context, admin string, migrations fs.FS) (string, error) {
	name, err := templateName(migrations)
	if err != nil {
		return "", err
	}
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return "", fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // ends its lock too

	if _, err := conn.Exec(ctx, `select pg_advisory_lock(hashtext($1))`, name); err != nil {
		return "", fmt.Errorf("lock template: %w", err)
	}
	var complete bool
	err = conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1 and datistemplate)`, name).Scan(&complete)
	if err != nil || complete {
		return name, err
	}
	for _, statement := range []string{"drop database if exists " + name, "create database " + name} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return "", fmt.Errorf("make template: %w", err)
		}
	}
	own, err := withDatabase(admin, name)
	if err != nil {
		return "", err
	}
	pool, err := postgres.Open(ctx, own, migrations)
	if err != nil {
		return "", err
	}
	pool.Close()
	_, err = conn.Exec(ctx, "alter database "+name+" is_template true")
	return name, err
}

func templateName(migrations fs.FS) (string, error) {
	hash := sha256.New()
	err := fs.WalkDir(migrations, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(migrations, path)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(hash, "%s %d\n%s", path, len(data), data)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read migrations: %w", err)
	}
	return "testkit_" + hex.EncodeToString(hash.Sum(nil)[:16]), nil
}

func execute(ctx context.Context, url, statement string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // the statement has ended
	_, err = conn.Exec(ctx, statement)
	return err
}

// withDatabase always leaves a query in the URL, so that callers can add to it.
func withDatabase(admin, name string) (string, error) {
	u, err := url.Parse(admin)
	if err != nil {
		return "", fmt.Errorf("parse url of PostgreSQL: %w", err)
	}
	u.Path = "/" + name
	query := u.Query()
	if query.Get("application_name") == "" {
		query.Set("application_name", "test")
	}
	u.RawQuery = query.Encode()
	return u.String(), nil
}
