package pgstore

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"stockroom/pkg/postgres"
	"stockroom/services/auth"
)

// Sessions keeps who is signed in.
type Sessions struct {
	pool *pgxpool.Pool
}

var _ auth.Sessions = (*Sessions)(nil)

// NewSessions returns the sessions in pool.
func NewSessions(pool *pgxpool.Pool) *Sessions {
	return &Sessions{pool}
}

// Add implements [auth.Sessions].
func (s *Sessions) Add(ctx context.Context, x auth.Session, revision int64) error {
	// The share lock makes a change of password wait for this row, or this row
	// for the change: either it is revoked, or never made.
	tag, err := s.pool.Exec(ctx, `
		insert into sessions (id, account_id, generation, replays, signed_in_at, rotated_at, expires_at, revoked_at, revoked_for)
		select $1, account_id, $4, $5, $6, $7, $8, $9, $10
		from (select account_id from credentials where account_id = $2 and revision = $3 for share) as credential`,
		x.ID, x.Account, revision, x.Generation, x.Replays,
		x.SignedInAt, x.RotatedAt, x.ExpiresAt, orNull(x.RevokedAt), x.RevokedFor)
	if err != nil {
		return postgres.Failed(err, "add session %s", x.ID)
	}
	if tag.RowsAffected() == 0 {
		return auth.ErrCredentialChanged
	}
	return nil
}

const sessionColumns = `account_id::text, generation, replays, signed_in_at, rotated_at, expires_at, revoked_at, revoked_for`

// Session implements [auth.Sessions].
func (s *Sessions) Session(ctx context.Context, id auth.SessionID) (auth.Session, error) {
	row := s.pool.QueryRow(ctx, `select `+sessionColumns+` from sessions where id = $1`, id)
	return scanSession(row, id)
}

func scanSession(row pgx.Row, id auth.SessionID) (auth.Session, error) {
	var (
		x       = auth.Session{ID: id}
		revoked *time.Time
	)
	err := row.Scan(&x.Account, &x.Generation, &x.Replays, &x.SignedInAt, &x.RotatedAt, &x.ExpiresAt, &revoked, &x.RevokedFor)
	if errors.Is(err, pgx.ErrNoRows) {
		return auth.Session{}, auth.ErrSessionNotFound
	}
	if err != nil {
		return auth.Session{}, postgres.Failed(err, "read session %s", id)
	}
	x.SignedInAt, x.RotatedAt, x.ExpiresAt = x.SignedInAt.UTC(), x.RotatedAt.UTC(), x.ExpiresAt.UTC()
	x.RevokedAt = orZero(revoked)
	return x, nil
}

// Update implements [auth.Sessions].
func (s *Sessions) Update(ctx context.Context, id auth.SessionID, change func(*auth.Session) error) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		x, err := scanSession(tx.QueryRow(ctx, `select `+sessionColumns+` from sessions where id = $1 for update`, id), id)
		if err != nil {
			return err
		}
		if err := change(&x); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			update sessions set generation = $2, replays = $3, rotated_at = $4, revoked_at = $5, revoked_for = $6
			where id = $1`, id, x.Generation, x.Replays, x.RotatedAt, orNull(x.RevokedAt), x.RevokedFor)
		return err
	})
	if err != nil {
		return postgres.Failed(err, "update session %s", id)
	}
	return nil
}

// Prune implements [auth.Sessions].
func (s *Sessions) Prune(ctx context.Context, before time.Time) error {
	if _, err := s.pool.Exec(ctx, `delete from sessions where expires_at < $1`, before); err != nil {
		return postgres.Failed(err, "prune sessions")
	}
	return nil
}
