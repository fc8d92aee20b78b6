package pgstore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog/pglog"
	"stockroom/pkg/errs"
	"stockroom/pkg/postgres"
	"stockroom/pkg/testkit"
	"stockroom/services/catalog"
	"stockroom/services/catalog/adapters/pgstore"
	"stockroom/services/catalog/catalogtest"
)

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
	require.ErrorIs(t, err, errs.ErrUnavailable)

	require.NoError(t, blocker.Rollback(t.Context()))
	_, commit, err := store.CreateMany(t.Context(), nil, "")
	require.NoError(t, err)
	require.Equal(t, catalog.Commit{Epoch: catalogtest.Epoch}, commit)
}
