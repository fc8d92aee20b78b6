package sqlitestore_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog/sqlitelog"
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
		log := sqlitelog.New(db)
		return authtest.Stores{
			Credentials: sqlitestore.NewCredentials(db, log),
			Changes:     sqlitestore.NewChanges(db, log),
			Sessions:    sqlitestore.NewSessions(db, log),
			Endings:     sqlitestore.NewEndings(db),
			Keys:        sqlitestore.NewKeys(db),
			Vault:       sqlitestore.NewVault(db),
			Log:         log,
			Letters:     sqlitestore.NewLetters(db),
		}
	})
}
