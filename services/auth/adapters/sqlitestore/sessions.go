package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"stockroom/pkg/sqlite"
	"stockroom/services/auth"
)

// Sessions keeps who is signed in.
type Sessions struct {
	db *sqlite.DB
}

var _ auth.Sessions = (*Sessions)(nil)

// NewSessions returns the sessions in db.
func NewSessions(db *sqlite.DB) *Sessions {
	return &Sessions{db}
}

// Add implements [auth.Sessions].
func (s *Sessions) Add(ctx context.Context, x auth.Session, revision int64) error {
	result, err := s.db.Write.ExecContext(ctx, `
		insert into sessions (id, account_id, generation, replays, signed_in_at, rotated_at, expires_at, revoked_at, revoked_for)
		select ?, account_id, ?, ?, ?, ?, ?, ?, ? from credentials where account_id = ? and revision = ?`,
		x.ID, x.Generation, x.Replays, format(x.SignedInAt), format(x.RotatedAt), format(x.ExpiresAt),
		format(x.RevokedAt), x.RevokedFor, x.Account, revision)
	if err != nil {
		return sqlite.Failed(err, "add session %s", x.ID)
	}
	return affected(result, auth.ErrCredentialChanged)
}

const selectSession = `
	select account_id, generation, replays, signed_in_at, rotated_at, expires_at, revoked_at, revoked_for
	from sessions where id = ?`

// Session implements [auth.Sessions].
func (s *Sessions) Session(ctx context.Context, id auth.SessionID) (auth.Session, error) {
	return scanSession(s.db.Read.QueryRowContext(ctx, selectSession, id), id)
}

func scanSession(row *sql.Row, id auth.SessionID) (auth.Session, error) {
	x := auth.Session{ID: id}
	err := row.Scan(&x.Account, &x.Generation, &x.Replays,
		instant{&x.SignedInAt}, instant{&x.RotatedAt}, instant{&x.ExpiresAt}, instant{&x.RevokedAt}, &x.RevokedFor)
	if errors.Is(err, sql.ErrNoRows) {
		return auth.Session{}, auth.ErrSessionNotFound
	}
	if err != nil {
		return auth.Session{}, sqlite.Failed(err, "read session %s", id)
	}
	return x, nil
}

// Update implements [auth.Sessions].
func (s *Sessions) Update(ctx context.Context, id auth.SessionID, change func(*auth.Session) error) error {
	return inTx(ctx, s.db, func(tx *sql.Tx) error {
		x, err := scanSession(tx.QueryRowContext(ctx, selectSession, id), id)
		if err != nil {
			return err
		}
		if err := change(&x); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			update sessions set generation = ?, replays = ?, rotated_at = ?, revoked_at = ?, revoked_for = ?
			where id = ?`, x.Generation, x.Replays, format(x.RotatedAt), format(x.RevokedAt), x.RevokedFor, id)
		if err != nil {
			return sqlite.Failed(err, "update session %s", id)
		}
		return nil
	})
}

// Prune implements [auth.Sessions].
func (s *Sessions) Prune(ctx context.Context, before time.Time) error {
	if _, err := s.db.Write.ExecContext(ctx, `delete from sessions where expires_at < ?`, format(before)); err != nil {
		return sqlite.Failed(err, "prune sessions")
	}
	return nil
}
