package pglog_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/commitlogtest"
	"stockroom/pkg/commitlog/pglog"
	"stockroom/pkg/testkit"
)

func TestLog(t *testing.T) {
	t.Parallel()

	commitlogtest.TestLog(t, func(t *testing.T) commitlogtest.Subject {
		t.Helper()

		pool := testkit.Postgres(t, commitlogtest.PostgresMigrations)
		log := pglog.New(pool)
		t.Cleanup(log.Close)
		return commitlogtest.Subject{
			Source: log, Raiser: log, OnCommit: log.OnCommit, Trim: log.Trim,
			Write: func(ctx context.Context, entry commitlog.Entry, fail error) (commitlog.Event, error) {
				return log.Write(ctx, func(ctx context.Context, tx pgx.Tx, seq int64) (commitlog.Entry, error) {
					if _, err := tx.Exec(ctx, `insert into notes values ($1)`, seq); err != nil {
						return commitlog.Entry{}, err
					}
					return entry, fail
				})
			},
			Notes: func(ctx context.Context) (head, notes int64, err error) {
				err = pool.QueryRow(ctx, `select seq, (select count(*) from notes) from commit_head`).Scan(&head, &notes)
				return head, notes, err
			},
		}
	})
}
