package sqlitestore

import (
	"context"
	"database/sql"
	"time"

	"stockroom/pkg/sqlite"
	"stockroom/services/auth"
)

// Endings tells how sessions ended.
type Endings struct {
	db *sqlite.DB
}

var _ auth.Endings = (*Endings)(nil)

// NewEndings returns the endings in db.
func NewEndings(db *sqlite.DB) *Endings {
	return &Endings{db}
}

// Ended implements [auth.Endings]. The log names them all.
func (s *Endings) Ended(ctx context.Context, within time.Duration) (e auth.Ended, err error) {
	tx, err := s.db.Read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // both queries see the same moment
	if err != nil {
		return auth.Ended{}, sqlite.Failed(err, "list ended sessions")
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written

	if err := tx.QueryRowContext(ctx, `select epoch, seq from commit_head`).Scan(&e.Epoch, &e.Seq); err != nil {
		return auth.Ended{}, sqlite.Failed(err, "list ended sessions")
	}
	rows, err := tx.QueryContext(ctx, `
		select distinct ended.value from commit_log, json_each(commit_log.ids) as ended
		where kind = ? and at >= ?`, auth.KindEnded, format(time.Now().Add(-within)))
	if err != nil {
		return auth.Ended{}, sqlite.Failed(err, "list ended sessions")
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		var id auth.SessionID
		if err := rows.Scan(&id); err != nil {
			return auth.Ended{}, sqlite.Failed(err, "list ended sessions")
		}
		e.Sessions = append(e.Sessions, id)
	}
	return e, rows.Err()
}

// Audit implements [auth.Endings].
func (s *Endings) Audit(ctx context.Context, account auth.AccountID, limit int) (list []auth.Ending, err error) {
	rows, err := s.db.Read.QueryContext(ctx, `
		select session_id, account_id, reason, address, request_id, at
		from session_audit where account_id = ?
		order by at desc, session_id desc limit ?`, account, limit)
	if err != nil {
		return nil, sqlite.Failed(err, "read audit of %s", account)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		var e auth.Ending
		if err := rows.Scan(&e.Session, &e.Account, &e.Reason, &e.Address, &e.RequestID, instant{&e.At}); err != nil {
			return nil, sqlite.Failed(err, "read audit of %s", account)
		}
		list = append(list, e)
	}
	return list, rows.Err()
}

// Forget implements [auth.Endings].
func (s *Endings) Forget(ctx context.Context, before time.Time) error {
	if _, err := s.db.Write.ExecContext(ctx, `delete from session_audit where at < ?`, format(before)); err != nil {
		return sqlite.Failed(err, "shorten the audit")
	}
	return nil
}
