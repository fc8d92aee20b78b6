package pgstore_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"stockroom/pkg/commitlog/pglog"
	"stockroom/pkg/testkit"
	"stockroom/services/users"
	"stockroom/services/users/adapters/pgstore"
	"stockroom/services/users/userstest"
)

func TestStore(t *testing.T) {
	t.Parallel()

	userstest.TestStore(t, func(t *testing.T) userstest.Opened {
		pool := testkit.Postgres(t, pgstore.Migrations())
		log := pglog.New(pool)
		t.Cleanup(log.Close)
		s := pgstore.New(pool, log)
		return userstest.Opened{Store: s, Rights: s, Log: log, Actors: actors(pool)}
	})
}

func actors(pool *pgxpool.Pool) func(context.Context) ([]users.AccountID, error) {
	return func(ctx context.Context) ([]users.AccountID, error) {
		rows, err := pool.Query(ctx, `select coalesce(actor::text, '') from commit_log order by seq`)
		if err != nil {
			return nil, err
		}
		return pgx.CollectRows(rows, pgx.RowTo[users.AccountID])
	}
}
