package sqlitestore_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/sqlite"
	"stockroom/services/auth/adapters/sqlitestore"
	"stockroom/services/auth/authtest"
)

func TestStores(t *testing.T) {
	t.Parallel()

	authtest.TestStores(t, func(t *testing.T) authtest.Stores {
		db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "auth.db"), sqlitestore.Migrations())
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		return authtest.Stores{
			Credentials: sqlitestore.NewCredentials(db),
			Changes:     sqlitestore.NewChanges(db),
			Sessions:    sqlitestore.NewSessions(db),
			Keys:        sqlitestore.NewKeys(db),
			Letters:     sqlitestore.NewLetters(db),
		}
	})
}
