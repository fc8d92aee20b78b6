package pgstore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog/pglog"
	"stockroom/pkg/postgres"
	"stockroom/pkg/testkit"
	"stockroom/services/users/adapters/pgstore"
	"stockroom/services/users/userstest"
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
		_, err := store.ActiveAdmins(t.Context())
		require.NoError(t, err)
		server.Stop()
		userstest.TestAway(t, store, store)
		server.Start()
	}
}
