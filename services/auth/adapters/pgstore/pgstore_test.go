package pgstore_test

import (
	"testing"

	"stockroom/pkg/testkit"
	"stockroom/services/auth/adapters/pgstore"
	"stockroom/services/auth/authtest"
)

func TestStores(t *testing.T) {
	t.Parallel()

	authtest.TestStores(t, func(t *testing.T) authtest.Stores {
		pool := testkit.Postgres(t, pgstore.Migrations())
		return authtest.Stores{
			Credentials: pgstore.NewCredentials(pool),
			Changes:     pgstore.NewChanges(pool),
			Sessions:    pgstore.NewSessions(pool),
			Keys:        pgstore.NewKeys(pool),
			Letters:     pgstore.NewLetters(pool),
		}
	})
}
