package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"stockroom/pkg/commitlog/sqlitelog"
	"stockroom/pkg/sqlite"
	"stockroom/services/auth"
)

// Sessions keeps who is signed in.
type Sessions struct {
	db  *sqlite.DB
	log *sqlitelog.Log
}

var _ auth.Sessions = (*Sessions)(nil)

// NewSessions returns the sessions in db, which end through its log.
func NewSessions(db *sqlite.DB, log *sqlitelog.Log) *Sessions {
	return &Sessions{db, log}
}

// Add implements [auth.Sessions].
func (s *Sessions) Add(ctx context.Context, x auth.Session, revision int64) error {
	result, err := s.db.Write.ExecContext(ctx, `
		insert into sessions (id, account_id, generation, replays, signed_in_at, rotated_at, expires_at,
			device, address, revoked_at, revoked_for, authz_version)
		select ?, account_id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? from credentials where account_id = ? and revision = ?`,
		x.ID, x.Generation, x.Replays, format(x.SignedInAt), format(x.RotatedAt), format(x.ExpiresAt),
		x.Device, x.Address, format(x.RevokedAt), x.RevokedFor, x.AuthzVersion, x.Account, revision)
	if err != nil {
		return sqlite.Failed(err, "add session %s", x.ID)
	}
	return affected(result, auth.ErrCredentialChanged)
}

const selectSession = `
	select id, account_id, generation, replays, signed_in_at, rotated_at, expires_at, device, address, revoked_at, revoked_for,
		authz_version
	from sessions where `

// Session implements [auth.Sessions].
func (s *Sessions) Session(ctx context.Context, id auth.SessionID) (auth.Session, error) {
	return readSession(s.db.Read.QueryRowContext(ctx, selectSession+`id = ?`, id), id)
}

func readSession(row *sql.Row, id auth.SessionID) (auth.Session, error) {
	x, err := scanSession(row.Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return auth.Session{}, auth.ErrSessionNotFound
	}
	if err != nil {
		return auth.Session{}, sqlite.Failed(err, "read session %s", id)
	}
	return x, nil
}

func scanSession(scan func(...any) error) (x auth.Session, err error) {
	err = scan(&x.ID, &x.Account, &x.Generation, &x.Replays, instant{&x.SignedInAt}, instant{&x.RotatedAt}, instant{&x.ExpiresAt},
		&x.Device, &x.Address, instant{&x.RevokedAt}, &x.RevokedFor, &x.AuthzVersion)
	return x, err
}

// errEnds says that a change turned out to end a session.
var errEnds = errors.New("the session ends")

// Update implements [auth.Sessions]. Only a change that ends the session goes
// through the log, and whether it does is known when it was made: then it is
// taken back and made again.
func (s *Sessions) Update(ctx context.Context, id auth.SessionID, from auth.Origin, change func(*auth.Session) error) error {
	err := inTx(ctx, s.db, func(tx *sql.Tx) error {
		_, ends, err := update(ctx, tx, id, change)
		if err == nil && ends {
			err = errEnds
		}
		return err
	})
	if !errors.Is(err, errEnds) {
		return err
	}
	err = commit(ctx, s.log, func(tx *sql.Tx) ([]string, error) {
		x, ends, err := update(ctx, tx, id, change)
		if err != nil || !ends {
			return nil, err
		}
		return end(ctx, tx, ending{x.RevokedFor, x.RevokedAt, from}, `id = ?`, id)
	})
	if err != nil {
		return sqlite.Failed(err, "update session %s", id)
	}
	return nil
}

// update applies change, but for the end that it may put to the session.
func update(ctx context.Context, tx *sql.Tx, id auth.SessionID, change func(*auth.Session) error) (x auth.Session, ends bool, err error) {
	x, err = readSession(tx.QueryRowContext(ctx, selectSession+`id = ?`, id), id)
	if err != nil {
		return x, false, err
	}
	lived := x.RevokedAt.IsZero()
	if err := change(&x); err != nil {
		return x, false, err
	}
	_, err = tx.ExecContext(ctx, `update sessions set generation = ?, replays = ?, rotated_at = ? where id = ?`,
		x.Generation, x.Replays, format(x.RotatedAt), id)
	if err != nil {
		return x, false, sqlite.Failed(err, "update session %s", id)
	}
	return x, lived && !x.RevokedAt.IsZero(), nil
}

// EndAll implements [auth.Sessions].
func (s *Sessions) EndAll(ctx context.Context, account auth.AccountID, why string, from auth.Origin, now time.Time) error {
	err := commit(ctx, s.log, func(tx *sql.Tx) ([]string, error) {
		return end(ctx, tx, ending{why, now, from}, `account_id = ?`, account)
	})
	if err != nil {
		return sqlite.Failed(err, "end sessions of %s", account)
	}
	return nil
}

// Live implements [auth.Sessions].
func (s *Sessions) Live(ctx context.Context, account auth.AccountID, expireAfter, refreshedAfter time.Time, limit int) (list []auth.Session, err error) {
	rows, err := s.db.Read.QueryContext(ctx, selectSession+`
		account_id = ? and revoked_at = '' and expires_at > ? and rotated_at > ?
		order by signed_in_at desc, id desc limit ?`, account, format(expireAfter), format(refreshedAfter), limit)
	if err != nil {
		return nil, sqlite.Failed(err, "list sessions of %s", account)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		x, err := scanSession(rows.Scan)
		if err != nil {
			return nil, sqlite.Failed(err, "list sessions of %s", account)
		}
		list = append(list, x)
	}
	return list, rows.Err()
}

// Prune implements [auth.Sessions].
func (s *Sessions) Prune(ctx context.Context, expired, idle time.Time) error {
	_, err := s.db.Write.ExecContext(ctx, `delete from sessions where expires_at < ? or rotated_at < ?`, format(expired), format(idle))
	if err != nil {
		return sqlite.Failed(err, "prune sessions")
	}
	return nil
}
