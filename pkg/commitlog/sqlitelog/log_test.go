package sqlitelog_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/commitlogtest"
	"stockroom/pkg/commitlog/sqlitelog"
	"stockroom/pkg/sqlite"
)

func TestLog(t *testing.T) {
	t.Parallel()

	commitlogtest.TestLog(t, func(t *testing.T) commitlogtest.Subject {
		t.Helper()

		db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "log.db"), commitlogtest.SQLiteMigrations)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		log := sqlitelog.New(db)
		return commitlogtest.Subject{
			Source: log, Raiser: log, OnCommit: log.OnCommit, Trim: log.Trim,
			Write: func(ctx context.Context, entry commitlog.Entry, fail error) (commitlog.Event, error) {
				return log.Write(ctx, func(ctx context.Context, tx *sql.Tx, seq int64) (commitlog.Entry, error) {
					if _, err := tx.ExecContext(ctx, `insert into notes values (?)`, seq); err != nil {
						return commitlog.Entry{}, err
					}
					return entry, fail
				})
			},
			Notes: func(ctx context.Context) (head, notes int64, err error) {
				err = db.Read.QueryRowContext(ctx, `select seq, (select count(*) from notes) from commit_head`).Scan(&head, &notes)
				return head, notes, err
			},
		}
	})
}
