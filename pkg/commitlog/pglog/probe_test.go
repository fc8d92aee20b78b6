package pglog_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/commitlogtest"
	"stockroom/pkg/commitlog/pglog"
	"stockroom/pkg/testkit"
)

const patience = 20 * time.Second

func TestLogIsReadWhileThePoolIsExhausted(t *testing.T) {
	t.Parallel()

	pool := testkit.Postgres(t, commitlogtest.PostgresMigrations)
	log := pglog.New(pool)
	t.Cleanup(log.Close)
	for range pool.Config().MaxConns {
		conn, err := pool.Acquire(t.Context())
		require.NoError(t, err)
		defer conn.Release()
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, err := log.Head(ctx)
	require.NoError(t, err)
	_, err = log.Since(ctx, 0, 1)
	require.NoError(t, err)
}

func TestLogIsReadAgainAfterItsConnectionBroke(t *testing.T) {
	t.Parallel()

	pool := testkit.Postgres(t, commitlogtest.PostgresMigrations)
	log := pglog.New(pool)
	t.Cleanup(log.Close)
	_, err := log.Head(t.Context())
	require.NoError(t, err)

	_, err = pool.Exec(t.Context(), `
		select pg_terminate_backend(pid) from pg_stat_activity
		where datname = current_database() and pid <> pg_backend_pid()`)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		_, err := log.Head(t.Context())
		return err == nil
	}, patience, time.Millisecond)
}

func TestGoneReaderLeavesTheTurnToOthers(t *testing.T) {
	t.Parallel()

	log := pglog.New(testkit.Postgres(t, commitlogtest.PostgresMigrations))
	t.Cleanup(log.Close)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := log.Head(ctx)
	require.ErrorIs(t, err, context.Canceled)
	_, err = log.Head(t.Context())
	require.NoError(t, err)
}

func TestServerThatTookOverBeginsAnEpoch(t *testing.T) {
	t.Parallel()

	pool := testkit.Postgres(t, commitlogtest.PostgresMigrations)
	log := pglog.New(pool)
	t.Cleanup(log.Close)
	for range 3 {
		write(t, log)
	}
	before, err := log.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, commitlog.Head{Epoch: 1, Seq: 3}, before)

	// The server that took over had not got the last commit yet.
	_, err = pool.Exec(t.Context(), `update commit_head set seq = 2`)
	require.NoError(t, err)
	log.ComeFromTimeline("000000FF")
	for range 2 {
		after, err := log.Head(t.Context())
		require.NoError(t, err)
		require.Equal(t, commitlog.Head{Epoch: 2, Seq: 3}, after)
	}

	log.ComeFromTimeline("000000FF")
	_, err = pool.Exec(t.Context(), `update commit_head set epoch = 7`)
	require.NoError(t, err)
	after, err := log.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, int64(7), after.Epoch, "somebody else has begun one already")
}

func write(t *testing.T, log *pglog.Log) commitlog.Event {
	t.Helper()

	ev, err := log.Write(t.Context(), note)
	require.NoError(t, err)
	return ev
}

func note(context.Context, pgx.Tx, int64) (commitlog.Entry, error) {
	return commitlog.Entry{Kind: "note"}, nil
}
