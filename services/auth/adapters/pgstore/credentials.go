package pgstore

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"stockroom/pkg/commitlog/pglog"
	"stockroom/pkg/failpoint"
	"stockroom/pkg/postgres"
	"stockroom/services/auth"
)

// Credentials keeps password hashes.
type Credentials struct {
	pool *pgxpool.Pool
	log  *pglog.Log
}

var _ auth.Credentials = (*Credentials)(nil)

// NewCredentials returns the credentials in pool, which end sessions through its
// log.
func NewCredentials(pool *pgxpool.Pool, log *pglog.Log) *Credentials {
	return &Credentials{pool, log}
}

// Add implements [auth.Credentials].
func (s *Credentials) Add(ctx context.Context, c auth.Credential) error {
	_, err := s.pool.Exec(ctx, `
		insert into credentials (account_id, hash, revision, last_change, created_at)
		values ($1, $2, $3, nullif($4, '')::uuid, $5)`,
		c.Account, c.Hash, c.Revision, c.LastChange, c.CreatedAt)
	if err != nil {
		return postgres.Failed(err, "add credential of %s", c.Account)
	}
	failpoint.Reach(failpoint.AfterCredential)
	return nil
}

// Credential implements [auth.Credentials].
func (s *Credentials) Credential(ctx context.Context, id auth.AccountID) (auth.Credential, error) {
	c := auth.Credential{Account: id}
	err := s.pool.QueryRow(ctx, `
		select hash, revision, coalesce(last_change::text, ''), created_at
		from credentials where account_id = $1`, id).
		Scan(&c.Hash, &c.Revision, &c.LastChange, &c.CreatedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return auth.Credential{}, auth.ErrCredentialNotFound
	}
	if err != nil {
		return auth.Credential{}, postgres.Failed(err, "read credential of %s", id)
	}
	c.CreatedAt = c.CreatedAt.UTC()
	return c, nil
}

// Confirm implements [auth.Credentials].
func (s *Credentials) Confirm(ctx context.Context, id auth.AccountID) error {
	failpoint.Reach(failpoint.BeforeConfirm)
	_, err := s.pool.Exec(ctx, `update credentials set confirmed = true where account_id = $1 and not confirmed`, id)
	if err != nil {
		return postgres.Failed(err, "confirm credential of %s", id)
	}
	failpoint.Reach(failpoint.AfterConfirm)
	return nil
}

// Rehash implements [auth.Credentials].
func (s *Credentials) Rehash(ctx context.Context, id auth.AccountID, old, hash string) error {
	_, err := s.pool.Exec(ctx, `update credentials set hash = $3 where account_id = $1 and hash = $2`, id, old, hash)
	if err != nil {
		return postgres.Failed(err, "rehash credential of %s", id)
	}
	return nil
}

// Remove implements [auth.Credentials].
func (s *Credentials) Remove(ctx context.Context, id auth.AccountID) error {
	err := commit(ctx, s.log, func(tx pgx.Tx) ([]string, error) {
		now := time.Now().UTC().Truncate(time.Microsecond)
		ended, err := end(ctx, tx, ending{reason: auth.RevokedRemoved, at: now}, `account_id = $5`, id)
		if err != nil {
			return nil, err
		}
		if _, err = tx.Exec(ctx, `delete from credentials where account_id = $1`, id); err != nil {
			return nil, err
		}
		_, err = tx.Exec(ctx, `update session_audit set address = '' where account_id = $1 and address <> ''`, id)
		return ended, err
	})
	if err != nil {
		return postgres.Failed(err, "remove credential of %s", id)
	}
	return nil
}

// Unconfirmed implements [auth.Credentials].
func (s *Credentials) Unconfirmed(ctx context.Context, before time.Time, limit int) ([]auth.AccountID, error) {
	rows, err := s.pool.Query(ctx, `
		select account_id::text from credentials where not confirmed and created_at < $1
		order by created_at limit $2`, before, limit)
	if err != nil {
		return nil, postgres.Failed(err, "list unconfirmed credentials")
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[auth.AccountID])
	if err != nil {
		return nil, postgres.Failed(err, "list unconfirmed credentials")
	}
	return ids, nil
}
