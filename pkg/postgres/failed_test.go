package postgres_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/pkg/postgres"
	"stockroom/pkg/testkit"
)

func TestServerThatNeverWasIsUnavailable(t *testing.T) {
	t.Parallel()

	pool, err := pgxpool.New(t.Context(), "postgres://nobody@127.0.0.1:1/none?connect_timeout=1") // nothing listens on port 1
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	_, err = pool.Exec(t.Context(), `select 1`)

	failure := postgres.Failed(err, "ask for %d", 1)

	require.ErrorIs(t, failure, errs.ErrUnavailable)
	require.ErrorContains(t, failure, "ask for 1: ")
	known, ok := errors.AsType[*errs.Error](failure)
	require.True(t, ok)
	require.Positive(t, known.RetryIn)
}

func TestOtherFailuresAreNotUnavailable(t *testing.T) {
	t.Parallel()

	pool := testkit.Postgres(t, migrations)
	_, mistaken := pool.Exec(t.Context(), `select 1/0`)
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, late := pool.Exec(ctx, `select pg_sleep(10)`)
	for _, err := range []error{mistaken, late, pgx.ErrNoRows, context.Canceled} {
		require.Error(t, err)
		failure := postgres.Failed(err, "ask")
		require.ErrorIs(t, failure, err)
		require.NotErrorIs(t, failure, errs.ErrUnavailable)
	}
}

// A process that stood still finds its transaction ended by the server.
func TestTransactionThatTookTooLongIsUnavailable(t *testing.T) {
	t.Parallel()

	pool := testkit.Postgres(t, migrations)
	tx, err := pool.Begin(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }) // it is over already
	var pid int
	require.NoError(t, tx.QueryRow(t.Context(), `select pg_backend_pid()`).Scan(&pid))
	_, err = tx.Exec(t.Context(), `set local idle_in_transaction_session_timeout = 10`)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		var there bool
		err := pool.QueryRow(t.Context(), `select exists (select from pg_stat_activity where pid = $1)`, pid).Scan(&there)
		return err == nil && !there
	}, 20*time.Second, 10*time.Millisecond)

	_, err = tx.Exec(t.Context(), `select 1`)

	require.ErrorIs(t, postgres.Failed(err, "ask"), errs.ErrUnavailable)
	for _, code := range []string{"25P03", "25P04"} {
		require.ErrorIs(t, postgres.Failed(&pgconn.PgError{Code: code}, "ask"), errs.ErrUnavailable)
	}
}

// TestServerThatCrashesIsUnavailable crashes a server in the middle of all kinds
// of work: each failure of that says why.
func TestServerThatCrashesIsUnavailable(t *testing.T) {
	t.Parallel()

	server := testkit.NewPostgresServer(t)
	pool, err := postgres.Open(t.Context(), server.URL(), migrations)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	ctx, stop := context.WithCancel(t.Context())
	var workers sync.WaitGroup
	var failures, successes atomic.Int64
	work := func(do func() error) {
		workers.Go(func() {
			for ctx.Err() == nil {
				err := do()
				if err == nil {
					successes.Add(1)
					continue
				}
				failures.Add(1)
				if !errors.Is(postgres.Failed(err, "work"), errs.ErrUnavailable) {
					t.Errorf("is not unavailable: %v", err)
					return
				}
			}
		})
	}
	background := context.WithoutCancel(ctx)
	for range 2 {
		work(func() error {
			_, err := pool.Exec(background, `insert into things values (gen_random_uuid()::text)`)
			return err
		})
		work(func() error {
			return pgx.BeginFunc(background, pool, func(tx pgx.Tx) error {
				_, err := tx.Exec(background, `insert into things values (gen_random_uuid()::text)`)
				return err
			})
		})
		work(func() error {
			rows, err := pool.Query(background, `select * from generate_series(1, 10000)`)
			if err != nil {
				return err
			}
			_, err = pgx.CollectRows(rows, pgx.RowTo[int])
			return err
		})
	}
	for range 3 {
		before := successes.Load()
		require.Eventually(t, func() bool { return successes.Load() > before+100 }, time.Minute, time.Millisecond)
		server.Stop()
		missed := failures.Load()
		require.Eventually(t, func() bool { return failures.Load() > missed }, time.Minute, time.Millisecond)
		server.Start()
	}
	stop()
	workers.Wait()
}
