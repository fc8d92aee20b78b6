package pgstore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog/pglog"
	"stockroom/pkg/testkit"
	"stockroom/services/catalog/adapters/pgstore"
	"stockroom/services/catalog/catalogtest"
)

func TestStore(t *testing.T) {
	t.Parallel()

	catalogtest.TestStore(t, func(t *testing.T) catalogtest.Opened {
		pool := testkit.Postgres(t, pgstore.Migrations())
		log := pglog.New(pool)
		return catalogtest.Opened{
			Store: pgstore.New(pool, log),
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
		values (gen_random_uuid(), 'n', 's', 1, 1, now(), now(), $1, 'n', 's')`
	pool := testkit.Postgres(t, pgstore.Migrations())
	exec := func(sql string, args ...any) error {
		_, err := pool.Exec(t.Context(), sql, args...)
		return err
	}
	require.NoError(t, exec(insert, 0), "the version of the head is taken")

	require.ErrorContains(t, exec(insert, 1), "is not that of this commit")
	require.NoError(t, exec(`update commit_head set seq = 1`))
	for _, sql := range []string{`update products set stock = 2`, `update products set stock = 2, version = 2`} {
		require.ErrorContains(t, exec(sql), "is not that of this commit")
	}
	for _, sql := range []string{`delete from products`, `truncate products`} {
		require.ErrorContains(t, exec(sql), "products are never removed")
	}
	require.NoError(t, exec(`update products set stock = 2, version = 1`))
}
