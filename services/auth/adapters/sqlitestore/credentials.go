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

// Credentials keeps password hashes.
type Credentials struct {
	db  *sqlite.DB
	log *sqlitelog.Log
}

var _ auth.Credentials = (*Credentials)(nil)

// NewCredentials returns the credentials in db, which end sessions through its
// log.
func NewCredentials(db *sqlite.DB, log *sqlitelog.Log) *Credentials {
	return &Credentials{db, log}
}

// Add implements [auth.Credentials].
func (s *Credentials) Add(ctx context.Context, c auth.Credential) error {
	_, err := s.db.Write.ExecContext(ctx, `
		insert into credentials (account_id, hash, revision, last_change, created_at) values (?, ?, ?, ?, ?)`,
		c.Account, c.Hash, c.Revision, c.LastChange, format(c.CreatedAt))
	if err != nil {
		return sqlite.Failed(err, "add credential of %s", c.Account)
	}
	return nil
}

// Credential implements [auth.Credentials].
func (s *Credentials) Credential(ctx context.Context, id auth.AccountID) (auth.Credential, error) {
	c := auth.Credential{Account: id}
	err := s.db.Read.QueryRowContext(ctx, `
		select hash, revision, last_change, created_at from credentials where account_id = ?`, id).
		Scan(&c.Hash, &c.Revision, &c.LastChange, instant{&c.CreatedAt})
	if errors.Is(err, sql.ErrNoRows) {
		return auth.Credential{}, auth.ErrCredentialNotFound
	}
	if err != nil {
		return auth.Credential{}, sqlite.Failed(err, "read credential of %s", id)
	}
	return c, nil
}

// Confirm implements [auth.Credentials].
func (s *Credentials) Confirm(ctx context.Context, id auth.AccountID) error {
	_, err := s.db.Write.ExecContext(ctx, `update credentials set confirmed = 1 where account_id = ?`, id)
	if err != nil {
		return sqlite.Failed(err, "confirm credential of %s", id)
	}
	return nil
}

// Rehash implements [auth.Credentials].
func (s *Credentials) Rehash(ctx context.Context, id auth.AccountID, old, hash string) error {
	_, err := s.db.Write.ExecContext(ctx,
		`update credentials set hash = ? where account_id = ? and hash = ?`, hash, id, old)
	if err != nil {
		return sqlite.Failed(err, "rehash credential of %s", id)
	}
	return nil
}

// Remove implements [auth.Credentials].
func (s *Credentials) Remove(ctx context.Context, id auth.AccountID) error {
	err := commit(ctx, s.log, func(tx *sql.Tx) ([]string, error) {
		ended, err := end(ctx, tx, ending{reason: auth.RevokedRemoved, at: time.Now()}, `account_id = ?`, id)
		if err != nil {
			return nil, err
		}
		if _, err = tx.ExecContext(ctx, `delete from credentials where account_id = ?`, id); err != nil {
			return nil, err
		}
		_, err = tx.ExecContext(ctx, `update session_audit set address = '' where account_id = ? and address <> ''`, id)
		return ended, err
	})
	if err != nil {
		return sqlite.Failed(err, "remove credential of %s", id)
	}
	return nil
}

// Unconfirmed implements [auth.Credentials].
func (s *Credentials) Unconfirmed(ctx context.Context, before time.Time, limit int) (ids []auth.AccountID, err error) {
	rows, err := s.db.Read.QueryContext(ctx, `
		select account_id from credentials where not confirmed and created_at < ?
		order by created_at limit ?`, format(before), limit)
	if err != nil {
		return nil, sqlite.Failed(err, "list unconfirmed credentials")
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		var id auth.AccountID
		if err := rows.Scan(&id); err != nil {
			return nil, sqlite.Failed(err, "list unconfirmed credentials")
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
