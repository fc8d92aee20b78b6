package pgstore_test

import (
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog/pglog"
	"stockroom/pkg/postgres"
	"stockroom/pkg/testkit"
	"stockroom/services/catalog"
	"stockroom/services/catalog/adapters/pgstore"
	"stockroom/services/catalog/catalogtest"
)

func TestDatabaseThatIsAwayIsUnavailable(t *testing.T) {
	t.Parallel()

	pool, err := pgxpool.New(t.Context(), "postgres://nobody@127.0.0.1:1/none?connect_timeout=1") // nothing listens on port 1
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	store := pgstore.New(pool, pglog.New(pool))

	_, _, err = store.Product(t.Context(), "00000000-0000-7000-8000-000000000001")
	require.ErrorIs(t, err, catalog.ErrUnavailable)
	_, err = store.Products(t.Context(), catalog.Query{Sort: catalog.Sort{By: catalog.ByName}, Page: 1, Size: 1})
	require.ErrorIs(t, err, catalog.ErrUnavailable)
	_, _, err = store.CreateMany(t.Context(), nil, "")
	require.ErrorIs(t, err, catalog.ErrUnavailable)
}

func TestWriterThatWaitsTooLongGivesUp(t *testing.T) {
	t.Parallel()

	pool, err := postgres.Open(t.Context(), testkit.PostgresURL(t)+"&lock_timeout=20ms", pgstore.Migrations())
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	log := pglog.New(pool)
	t.Cleanup(log.Close)
	store := pgstore.New(pool, log)

	blocker, err := pool.Begin(t.Context())
	require.NoError(t, err)
	_, err = blocker.Exec(t.Context(), `update commit_head set seq = seq`)
	require.NoError(t, err)
	_, _, err = store.CreateMany(t.Context(), nil, "")
	require.ErrorIs(t, err, catalog.ErrUnavailable)

	require.NoError(t, blocker.Rollback(t.Context()))
	_, commit, err := store.CreateMany(t.Context(), nil, "")
	require.NoError(t, err)
	require.Equal(t, catalog.Commit{Epoch: catalogtest.Epoch}, commit)
}
