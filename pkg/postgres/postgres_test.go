package postgres_test

import (
	"sync"
	"testing"
	"testing/fstest"

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
