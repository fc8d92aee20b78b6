package pgstore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog/pglog"
	"stockroom/pkg/postgres"
	"stockroom/pkg/testkit"
	"stockroom/services/catalog/adapters/pgstore"
	"stockroom/services/catalog/catalogtest"
)

func TestDatabaseMayGoAndComeBack(t *testing.T) {
	t.Parallel()

	server := testkit.NewPostgresServer(t)
	pool, err := postgres.Open(t.Context(), server.URL(), pgstore.Migrations())
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	log := pglog.New(pool)
	t.Cleanup(log.Close)
	store := pgstore.New(pool, log)

	for range 2 {
		_, _, err := store.CreateMany(t.Context(), nil, "")
		require.NoError(t, err)
		server.Stop()
		catalogtest.TestAway(t, store)
		server.Start()
	}
}
