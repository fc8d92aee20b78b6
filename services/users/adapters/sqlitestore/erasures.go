package sqlitestore

import (
	"context"

	"stockroom/pkg/sqlite"
	"stockroom/services/users"
)

// PendingErasures implements [users.Store].
func (s *Store) PendingErasures(ctx context.Context, most int) (all []users.AccountID, err error) {
	rows, err := s.db.Read.QueryContext(ctx, `select account from erasures order by account limit ?`, most)
	if err != nil {
		return nil, sqlite.Failed(err, "list erasures")
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells what matters

	for rows.Next() {
		var id users.AccountID
		if err := rows.Scan(&id); err != nil {
			return nil, sqlite.Failed(err, "list erasures")
		}
		all = append(all, id)
	}
	if err := rows.Err(); err != nil {
		return nil, sqlite.Failed(err, "list erasures")
	}
	return all, nil
}

// FinishErasure implements [users.Store].
func (s *Store) FinishErasure(ctx context.Context, id users.AccountID) error {
	if _, err := s.db.Write.ExecContext(ctx, `delete from erasures where account = ?`, string(id)); err != nil {
		return sqlite.Failed(err, "finish erasure of %s", id)
	}
	return nil
}
