package pgstore

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"stockroom/pkg/commitlog/pglog"
	"stockroom/pkg/postgres"
	"stockroom/services/auth"
)

// Sessions keeps who is signed in.
type Sessions struct {
	pool *pgxpool.Pool
	log  *pglog.Log
}

var _ auth.Sessions = (*Sessions)(nil)

// NewSessions returns the sessions in pool, which end through its log.
func NewSessions(pool *pgxpool.Pool, log *pglog.Log) *Sessions {
	return &Sessions{pool, log}
}

// Add implements [auth.Sessions].
func (s *Sessions) Add(ctx context.Context, x auth.Session, revision int64) error {
	// The share lock makes a change of password wait for this row, or this row
	// for the change: either it is revoked, or never made.
	tag, err := s.pool.Exec(ctx, `
		insert into sessions (id, account_id, generation, replays, signed_in_at, rotated_at, expires_at,
			device, address, revoked_at, revoked_for, authz_version)
		select $1, account_id, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
		from (select account_id from credentials where account_id = $2 and revision = $3 for share) as credential`,
		x.ID, x.Account, revision, x.Generation, x.Replays,
		x.SignedInAt, x.RotatedAt, x.ExpiresAt, x.Device, x.Address, orNull(x.RevokedAt), x.RevokedFor, x.AuthzVersion)
	if err != nil {
		return postgres.Failed(err, "add session %s", x.ID)
	}
	if tag.RowsAffected() == 0 {
		return auth.ErrCredentialChanged
	}
	return nil
}

const sessionColumns = `
	id::text, account_id::text, generation, replays, signed_in_at, rotated_at, expires_at, device, address, revoked_at, revoked_for,
	authz_version`

// Session implements [auth.Sessions].
func (s *Sessions) Session(ctx context.Context, id auth.SessionID) (auth.Session, error) {
	x, err := readSession(ctx, s.pool, id, "")
	if err != nil {
		return auth.Session{}, postgres.Failed(err, "read session %s", id)
	}
	return x, nil
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func readSession(ctx context.Context, q querier, id auth.SessionID, lock string) (auth.Session, error) {
	rows, err := q.Query(ctx, `select `+sessionColumns+` from sessions where id = $1`+lock, id)
	if err != nil {
		return auth.Session{}, err
	}
	x, err := pgx.CollectExactlyOneRow(rows, scanSession)
	if errors.Is(err, pgx.ErrNoRows) {
		return auth.Session{}, auth.ErrSessionNotFound
	}
	return x, err
}

func scanSession(row pgx.CollectableRow) (x auth.Session, err error) {
	var revoked *time.Time
	err = row.Scan(&x.ID, &x.Account, &x.Generation, &x.Replays, &x.SignedInAt, &x.RotatedAt, &x.ExpiresAt,
		&x.Device, &x.Address, &revoked, &x.RevokedFor, &x.AuthzVersion)
	x.SignedInAt, x.RotatedAt, x.ExpiresAt = x.SignedInAt.UTC(), x.RotatedAt.UTC(), x.ExpiresAt.UTC()
	x.RevokedAt = orZero(revoked)
	return x, err
}

// errEnds says that a change turned out to end a session.
var errEnds = errors.New("the session ends")

// Update implements [auth.Sessions]. Only a change that ends the session goes
// through the log, and whether it does is known when it was made: then it is
// taken back and made again.
func (s *Sessions) Update(ctx context.Context, id auth.SessionID, from auth.Origin, change func(*auth.Session) error) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		_, ends, err := update(ctx, tx, id, change)
		if err == nil && ends {
			err = errEnds
		}
		return err
	})
	if errors.Is(err, errEnds) {
		err = commit(ctx, s.log, func(tx pgx.Tx) ([]string, error) {
			x, ends, err := update(ctx, tx, id, change)
			if err != nil || !ends {
				return nil, err
			}
			return end(ctx, tx, ending{x.RevokedFor, x.RevokedAt, from}, `id = $5`, id)
		})
	}
	if err != nil {
		return postgres.Failed(err, "update session %s", id)
	}
	return nil
}

// update applies change, but for the end that it may put to the session.
func update(ctx context.Context, tx pgx.Tx, id auth.SessionID, change func(*auth.Session) error) (x auth.Session, ends bool, err error) {
	x, err = readSession(ctx, tx, id, ` for update`)
	if err != nil {
		return x, false, err
	}
	lived := x.RevokedAt.IsZero()
	if err := change(&x); err != nil {
		return x, false, err
	}
	_, err = tx.Exec(ctx, `update sessions set generation = $2, replays = $3, rotated_at = $4 where id = $1`,
		id, x.Generation, x.Replays, x.RotatedAt)
	return x, lived && !x.RevokedAt.IsZero(), err
}

// EndAll implements [auth.Sessions].
func (s *Sessions) EndAll(ctx context.Context, account auth.AccountID, why string, from auth.Origin, now time.Time) error {
	err := commit(ctx, s.log, func(tx pgx.Tx) ([]string, error) {
		return end(ctx, tx, ending{why, now, from}, `account_id = $5`, account)
	})
	if err != nil {
		return postgres.Failed(err, "end sessions of %s", account)
	}
	return nil
}

// Live implements [auth.Sessions].
func (s *Sessions) Live(ctx context.Context, account auth.AccountID, expireAfter, refreshedAfter time.Time, limit int) ([]auth.Session, error) {
	rows, err := s.pool.Query(ctx, `
		select `+sessionColumns+` from sessions
		where account_id = $1 and revoked_at is null and expires_at > $2 and rotated_at > $3
		order by signed_in_at desc, id desc limit $4`, account, expireAfter, refreshedAfter, limit)
	if err != nil {
		return nil, postgres.Failed(err, "list sessions of %s", account)
	}
	list, err := pgx.CollectRows(rows, scanSession)
	if err != nil {
		return nil, postgres.Failed(err, "list sessions of %s", account)
	}
	return list, nil
}

// Prune implements [auth.Sessions].
func (s *Sessions) Prune(ctx context.Context, expired, idle time.Time) error {
	if _, err := s.pool.Exec(ctx, `delete from sessions where expires_at < $1 or rotated_at < $2`, expired, idle); err != nil {
		return postgres.Failed(err, "prune sessions")
	}
	return nil
}
