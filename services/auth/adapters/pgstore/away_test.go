package pgstore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog/pglog"
	"stockroom/pkg/postgres"
	"stockroom/pkg/testkit"
	"stockroom/services/auth/adapters/pgstore"
	"stockroom/services/auth/authtest"
)

func TestDatabaseMayGoAndComeBack(t *testing.T) {
	t.Parallel()

	server := testkit.NewPostgresServer(t)
	pool, err := postgres.Open(t.Context(), server.URL(), pgstore.Migrations())
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	log := pglog.New(pool)
	t.Cleanup(log.Close)
	stores := authtest.Stores{
		Credentials: pgstore.NewCredentials(pool, log),
		Changes:     pgstore.NewChanges(pool, log),
		Sessions:    pgstore.NewSessions(pool, log),
		Endings:     pgstore.NewEndings(pool),
		Keys:        pgstore.NewKeys(pool),
		Vault:       pgstore.NewVault(pool),
		Log:         log,
		Letters:     pgstore.NewLetters(pool),
	}

	for range 2 {
		_, err := stores.Keys.Keys(t.Context())
		require.NoError(t, err)
		server.Stop()
		authtest.TestAway(t, stores)
		server.Start()
	}
}
