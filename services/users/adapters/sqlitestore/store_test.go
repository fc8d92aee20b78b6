package sqlitestore_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog/sqlitelog"
	"stockroom/pkg/sqlite"
	"stockroom/services/users"
	"stockroom/services/users/adapters/sqlitestore"
	"stockroom/services/users/userstest"
)

func TestStore(t *testing.T) {
	t.Parallel()

	userstest.TestStore(t, func(t *testing.T) userstest.Opened {
		db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "users.db"), sqlitestore.Migrations())
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		log := sqlitelog.New(db)
		s := sqlitestore.New(db, log)
		return userstest.Opened{Store: s, Rights: s, Log: log, Actors: actors(db)}
	})
}

func actors(db *sqlite.DB) func(context.Context) ([]users.AccountID, error) {
	return func(ctx context.Context) (all []users.AccountID, err error) {
		rows, err := db.Read.QueryContext(ctx, `select coalesce(actor, '') from commit_log order by seq`)
		if err != nil {
			return nil, err
		}
		defer rows.Close() //nolint:errcheck // rows.Err tells what matters

		for rows.Next() {
			var actor users.AccountID
			if err := rows.Scan(&actor); err != nil {
				return nil, err
			}
			all = append(all, actor)
		}
		return all, rows.Err()
	}
}
