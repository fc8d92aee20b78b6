package sqlitestore

import (
	"context"
	"database/sql"
	"time"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/sqlitelog"
	"stockroom/pkg/sqlite"
	"stockroom/services/auth"
)

// ending is what is noted of sessions that end together.
type ending struct {
	reason string
	at     time.Time
	from   auth.Origin
}

// commit runs fn, which ends the sessions that it returns, as a commit of the
// log.
func commit(ctx context.Context, log *sqlitelog.Log, fn func(tx *sql.Tx) (ended []string, err error)) error {
	_, err := log.Write(ctx, func(_ context.Context, tx *sql.Tx, _ int64) (commitlog.Entry, error) {
		ended, err := fn(tx)
		return commitlog.Entry{IDs: ended, Kind: auth.KindEnded}, err
	})
	return err
}

// end ends the sessions that live and that which says, and returns their ids for
// the log. Nothing else sets revoked_at.
func end(ctx context.Context, tx *sql.Tx, e ending, which string, args ...any) (ids []string, err error) {
	_, err = tx.ExecContext(ctx, `
		insert into session_audit (session_id, account_id, reason, address, request_id, at)
		select id, account_id, ?, ?, ?, ? from sessions where revoked_at = '' and `+which,
		append([]any{e.reason, e.from.Address, e.from.RequestID, format(e.at)}, args...)...)
	if err != nil {
		return nil, sqlite.Failed(err, "note the end of sessions")
	}
	rows, err := tx.QueryContext(ctx, `
		update sessions set revoked_at = ?, revoked_for = ?
		where revoked_at = '' and `+which+` returning id`,
		append([]any{format(e.at), e.reason}, args...)...)
	if err != nil {
		return nil, sqlite.Failed(err, "end sessions")
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, sqlite.Failed(err, "end sessions")
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
