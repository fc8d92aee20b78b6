package sqlitestore_test

import (
	"context"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog/sqlitelog"
	"stockroom/pkg/sqlite"
	"stockroom/services/users/adapters/sqlitestore"
	"stockroom/services/users/userstest"
)

func TestTrail(t *testing.T) {
	t.Parallel()

	path := filepath.Join(t.TempDir(), "users.db")
	first := fstest.MapFS{"00001_accounts.sql": userstest.File(t, sqlitestore.Migrations(), "00001_accounts.sql")}
	db, err := sqlite.Open(t.Context(), path, first)
	require.NoError(t, err)
	exec := func(db *sqlite.DB) userstest.Exec {
		return func(ctx context.Context, statement string) error {
			_, err := db.Write.ExecContext(ctx, statement)
			return err
		}
	}
	userstest.FillOldTrail(t, exec(db))
	require.NoError(t, db.Close())

	db, err = sqlite.Open(t.Context(), path, sqlitestore.Migrations())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	userstest.TestOldTrail(t, sqlitestore.New(db, sqlitelog.New(db)), exec(db))
}
