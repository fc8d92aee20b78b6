package postgres_test

import (
	"sync"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/postgres"
	"stockroom/pkg/testkit"
)

var migrations = fstest.MapFS{"00001_things.sql": {Data: []byte(`-- +goose Up
create table things (name text not null);
create unique index things_name on things (name);
`)}}

func TestOpenAtOnceMigratesOnceIntoItsSchema(t *testing.T) {
	t.Parallel()

	url := testkit.PostgresURL(t) + "&search_path=shop"
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			pool, err := postgres.Open(t.Context(), url, migrations)
			if err != nil {
				t.Errorf("open: %v", err)
				return
			}
			defer pool.Close()
			_, err = pool.Exec(t.Context(), `insert into shop.things values (gen_random_uuid()::text)`)
			if err != nil {
				t.Errorf("insert: %v", err)
			}
		})
	}
	wg.Wait()
}

func TestSettings(t *testing.T) {
	t.Parallel()

	pool := testkit.Postgres(t, migrations)
	for name, want := range map[string]string{
		"plan_cache_mode": "force_custom_plan", "lock_timeout": "2s", "statement_timeout": "10s",
		"idle_in_transaction_session_timeout": "5s",
	} {
		var got string
		require.NoError(t, pool.QueryRow(t.Context(), `select current_setting($1)`, name).Scan(&got))
		require.Equal(t, want, got, name)
	}
}

func TestIsUnique(t *testing.T) {
	t.Parallel()

	pool := testkit.Postgres(t, migrations)
	insert := func() error {
		_, err := pool.Exec(t.Context(), `insert into things values ('a')`)
		return err
	}
	require.NoError(t, insert())

	err := insert()
	require.True(t, postgres.IsUnique(err, "things_name"), "%v", err)
	require.False(t, postgres.IsUnique(err, "other_name"))
	require.False(t, postgres.IsUnique(nil, "things_name"))
}

func TestBadURLKeepsItsPassword(t *testing.T) {
	t.Parallel()

	_, err := postgres.Config("postgres://u:hunter2@host:notaport/db")
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hunter2")
}

// newer is what a later version of a program brings along.
var newer = fstest.MapFS{"00001_things.sql": migrations["00001_things.sql"], "00002_colours.sql": {Data: []byte(`-- +goose Up
alter table things add column colour text;
`)}}

func TestOpenMigratedWantsAllMigrationsAndMakesNone(t *testing.T) {
	t.Parallel()

	url := testkit.PostgresURL(t) + "&search_path=shop"
	_, err := postgres.OpenMigrated(t.Context(), url, migrations)
	require.ErrorIs(t, err, postgres.ErrOldSchema)

	pool, err := postgres.Open(t.Context(), url, migrations)
	require.NoError(t, err)
	pool.Close()
	_, err = postgres.OpenMigrated(t.Context(), url, newer)
	require.ErrorIs(t, err, postgres.ErrOldSchema)
	require.ErrorContains(t, err, "00002_colours.sql")

	pool, err = postgres.OpenMigrated(t.Context(), url, migrations)
	require.NoError(t, err)
	defer pool.Close()
	_, err = pool.Exec(t.Context(), `insert into things values ('a')`)
	require.NoError(t, err)
}

func TestOlderProgramStartsOnNewerSchema(t *testing.T) {
	t.Parallel()

	url := testkit.PostgresURL(t)
	for _, open := range []func() (*pgxpool.Pool, error){
		func() (*pgxpool.Pool, error) { return postgres.Open(t.Context(), url, newer) },
		func() (*pgxpool.Pool, error) { return postgres.Open(t.Context(), url, migrations) },
		func() (*pgxpool.Pool, error) { return postgres.OpenMigrated(t.Context(), url, migrations) },
	} {
		pool, err := open()
		require.NoError(t, err)
		_, err = pool.Exec(t.Context(), `update things set colour = 'red'`)
		require.NoError(t, err, "what is newer stays")
		pool.Close()
	}
}
