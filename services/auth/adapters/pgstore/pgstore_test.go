package pgstore_test

import (
	"testing"

	"stockroom/pkg/commitlog/pglog"
	"stockroom/pkg/testkit"
	"stockroom/services/auth/adapters/pgstore"
	"stockroom/services/auth/authtest"
)

func TestStores(t *testing.T) {
	t.Parallel()

	authtest.TestStores(t, func(t *testing.T) authtest.Stores {
		pool := testkit.Postgres(t, pgstore.Migrations())
		log := pglog.New(pool)
		t.Cleanup(log.Close)
		return authtest.Stores{
			Credentials: pgstore.NewCredentials(pool, log),
			Changes:     pgstore.NewChanges(pool, log),
			Sessions:    pgstore.NewSessions(pool, log),
			Endings:     pgstore.NewEndings(pool),
			Keys:        pgstore.NewKeys(pool),
			Vault:       pgstore.NewVault(pool),
			Log:         log,
			Letters:     pgstore.NewLetters(pool),
		}
	})
}
