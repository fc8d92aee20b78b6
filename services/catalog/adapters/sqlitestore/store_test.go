package sqlitestore_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog/sqlitelog"
	"stockroom/pkg/sqlite"
	"stockroom/services/catalog/adapters/sqlitestore"
	"stockroom/services/catalog/catalogtest"
)

func TestStore(t *testing.T) {
	t.Parallel()

	catalogtest.TestStore(t, func(t *testing.T) catalogtest.Opened {
		db := open(t)
		log := sqlitelog.New(db)
		return catalogtest.Opened{
			Store: sqlitestore.New(db, log),
			Log: func(t *testing.T, after int64) []catalogtest.Commit {
				t.Helper()

				events, err := log.Since(t.Context(), after, catalogtest.LogLimit)
				require.NoError(t, err)
				commits := make([]catalogtest.Commit, len(events))
				for i, e := range events {
					commits[i] = catalogtest.Commit{Seq: e.Seq, IDs: e.IDs, Lists: e.Lists, Kind: e.Kind}
				}
				return commits
			},
		}
	})
}

func TestWritesThatBypassTheLogAreRefused(t *testing.T) {
	t.Parallel()

	const insert = `insert into products (id, name, sku, price, stock, created_at, updated_at, version, search_name, search)
		values ('1', 'n', 's', 1, 1, '', '', ?, 'n', 's')`
	db := open(t)
	exec := func(sql string, args ...any) error {
		_, err := db.Write.ExecContext(t.Context(), sql, args...)
		return err
	}
	require.NoError(t, exec(insert, 0), "the version of the head is taken")

	require.ErrorContains(t, exec(insert, 1), "is not that of this commit")
	require.NoError(t, exec(`update commit_head set seq = 1`))
	for _, sql := range []string{`update products set stock = 2`, `update products set stock = 2, version = 2`} {
		require.ErrorContains(t, exec(sql), "is not that of this commit")
	}
	require.ErrorContains(t, exec(`delete from products`), "products are never removed")
	require.NoError(t, exec(`update products set stock = 2, version = 1`))
}

func open(t *testing.T) *sqlite.DB {
	t.Helper()

	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "catalog.db"), sqlitestore.Migrations())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}
