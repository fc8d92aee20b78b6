package testkit_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/postgres"
	"stockroom/pkg/testkit"
)

var migrations = fstest.MapFS{"00001_things.sql": {Data: []byte(`-- +goose Up
create table things (name text not null);
`)}}

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"One", "Two", "Three"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			pool := testkit.Postgres(t, migrations)
			_, err := pool.Exec(t.Context(), `insert into things values ('a')`)
			require.NoError(t, err)
			var count int
			require.NoError(t, pool.QueryRow(t.Context(), `select count(*) from things`).Scan(&count))
			require.Equal(t, 1, count)
		})
	}
}

func TestServerOrderIsNotByCodePoint(t *testing.T) {
	t.Parallel()

	var less bool
	pool := testkit.Postgres(t, migrations)
	require.NoError(t, pool.QueryRow(t.Context(), `select 'a' < 'B'`).Scan(&less))
	require.True(t, less, "a query that does not ask for an order would seem right")
}

func TestEachTestHasARedisDatabaseOfItsOwn(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"One", "Two", "Three"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			client := redisClient(t, testkit.Redis(t))
			require.Zero(t, client.DBSize(t.Context()).Val())
			require.NoError(t, client.Set(t.Context(), "key", name, 0).Err())
			require.Equal(t, name, client.Get(t.Context(), "key").Val())
		})
	}
}

func TestRedisServerCanBeStoppedAndFrozen(t *testing.T) {
	t.Parallel()

	server := testkit.NewRedisServer(t)
	client := redisClient(t, server.URL())
	require.NoError(t, client.Set(t.Context(), "key", "value", 0).Err())

	server.Freeze()
	require.Error(t, client.Get(t.Context(), "key").Err())
	server.Thaw()
	require.NoError(t, client.Get(t.Context(), "key").Err())

	server.Stop()
	require.Error(t, client.Ping(t.Context()).Err())
	server.Start()
	require.NoError(t, client.Ping(t.Context()).Err())
	require.ErrorIs(t, client.Get(t.Context(), "key").Err(), redis.Nil)
}

func TestPostgresServerKeepsWhatItHasCommitted(t *testing.T) {
	t.Parallel()

	server := testkit.NewPostgresServer(t)
	pool, err := postgres.Open(t.Context(), server.URL(), migrations)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	for n := range 3 {
		_, err := pool.Exec(t.Context(), `insert into things values ('a')`)
		require.NoError(t, err)
		server.Stop()
		require.Error(t, pool.Ping(t.Context()))
		server.Start()
		var count int
		require.NoError(t, pool.QueryRow(t.Context(), `select count(*) from things`).Scan(&count))
		require.Equal(t, n+1, count)
	}
}

func TestNATSServerCanBeStopped(t *testing.T) {
	t.Parallel()

	server := testkit.NewNATSServer(t)
	url := server.URL()
	require.NoError(t, roundTrip(url))

	server.Stop()
	require.Error(t, roundTrip(url))
	server.Start()
	require.Equal(t, url, server.URL())
	require.NoError(t, roundTrip(url))
}

func redisClient(t *testing.T, url string) *redis.Client {
	t.Helper()
	opts, err := redis.ParseURL(url)
	require.NoError(t, err)
	opts.MaxRetries = -1
	opts.ReadTimeout = 200 * time.Millisecond
	client := redis.NewClient(opts)
	t.Cleanup(func() { client.Close() }) //nolint:errcheck // nothing to lose
	return client
}

func roundTrip(url string) error {
	conn, err := nats.Connect(url, nats.NoReconnect())
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Flush()
}
