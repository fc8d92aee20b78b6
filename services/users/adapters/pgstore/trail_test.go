package pgstore_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog/pglog"
	"stockroom/pkg/postgres"
	"stockroom/pkg/testkit"
	"stockroom/services/users/adapters/pgstore"
	"stockroom/services/users/userstest"
)

func TestTrail(t *testing.T) {
	t.Parallel()

	url := testkit.PostgresURL(t)
	first := fstest.MapFS{"00001_accounts.sql": userstest.File(t, pgstore.Migrations(), "00001_accounts.sql")}
	pool, err := postgres.Open(t.Context(), url, first)
	require.NoError(t, err)
	exec := func(pool *pgxpool.Pool) userstest.Exec {
		return func(ctx context.Context, statement string) error {
			_, err := pool.Exec(ctx, statement)
			return err
		}
	}
	userstest.FillOldTrail(t, exec(pool))
	pool.Close()

	pool, err = postgres.Open(t.Context(), url, pgstore.Migrations())
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	log := pglog.New(pool)
	t.Cleanup(log.Close)
	userstest.TestOldTrail(t, pgstore.New(pool, log), exec(pool))
}
