package pgstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype/zeronull"

	"stockroom/pkg/fold"
	"stockroom/pkg/postgres"
	"stockroom/services/users"
)

const selectAccount = `
	select id::text, email, username, role, is_active, deleted_at, erased_at, authz_version,
		coalesce(password_change::text, ''), created_at, updated_at, email_verified, reinstated_version
	from accounts `

// nobody is the ID of no account.
const nobody = users.AccountID("00000000-0000-0000-0000-000000000000")

// snapshot has all queries of a transaction see the same moment.
var snapshot = pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Account implements [users.Store].
func (s *Store) Account(ctx context.Context, id users.AccountID) (users.Account, error) {
	return account(ctx, s.pool, id)
}

// Known implements [users.Store].
func (s *Store) Known(ctx context.Context, ids []users.AccountID) ([]users.AccountID, error) {
	return existing(ctx, s.pool, ids)
}

func existing(ctx context.Context, q querier, ids []users.AccountID) ([]users.AccountID, error) {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	rows, err := q.Query(ctx, `select id::text from accounts where id = any ($1::uuid[])`, texts)
	if err != nil {
		return nil, postgres.Failed(err, "look for accounts")
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[users.AccountID])
	if err != nil {
		return nil, postgres.Failed(err, "look for accounts")
	}
	return found, nil
}

// AccountByUsername implements [users.Store].
func (s *Store) AccountByUsername(ctx context.Context, name string) (users.Account, error) {
	return scanOne(s.pool.QueryRow(ctx, selectAccount+`where username_key = $1 and deleted_at is null`, fold.String(name)))
}

// AccountByEmail implements [users.Store].
func (s *Store) AccountByEmail(ctx context.Context, email string) (users.Account, error) {
	return scanOne(s.pool.QueryRow(ctx, selectAccount+`where email_key = $1 and deleted_at is null`, fold.String(email)))
}

func account(ctx context.Context, q querier, id users.AccountID) (users.Account, error) {
	return scanOne(q.QueryRow(ctx, selectAccount+`where id = $1`, id))
}

func scanOne(row pgx.Row) (users.Account, error) {
	a, err := scan(row)
	if errors.Is(err, pgx.ErrNoRows) {
		return users.Account{}, users.ErrAccountNotFound
	}
	if err != nil {
		return users.Account{}, postgres.Failed(err, "select account")
	}
	return a, nil
}

func scan(row pgx.Row) (users.Account, error) {
	var a users.Account
	err := row.Scan(&a.ID, &a.Email, &a.Username, &a.Role, &a.IsActive, (*zeronull.Timestamptz)(&a.DeletedAt),
		(*zeronull.Timestamptz)(&a.ErasedAt), &a.AuthzVersion, &a.PasswordChange, &a.CreatedAt, &a.UpdatedAt, &a.EmailVerified,
		&a.ReinstatedVersion)
	for _, at := range []*time.Time{&a.DeletedAt, &a.ErasedAt, &a.CreatedAt, &a.UpdatedAt} {
		if !at.IsZero() {
			*at = at.UTC()
		}
	}
	return a, err
}

// Taken implements [users.Store].
func (s *Store) Taken(ctx context.Context, email users.Email, username users.Username, except users.AccountID) (users.Taken, error) {
	if except == "" {
		except = nobody
	}
	var t users.Taken
	err := s.pool.QueryRow(ctx, `
		select
			exists (select from accounts where email_key = $1 and deleted_at is null and id <> $3),
			exists (select from accounts where username_key = $2 and deleted_at is null and id <> $3)`,
		fold.String(string(email)), fold.String(string(username)), except).Scan(&t.Email, &t.Username)
	if err != nil {
		return users.Taken{}, postgres.Failed(err, "look for taken values")
	}
	return t, nil
}

// ActiveAdmins implements [users.Rights].
func (s *Store) ActiveAdmins(ctx context.Context) (int, error) {
	return admins(ctx, s.pool, nobody)
}

func admins(ctx context.Context, q querier, except users.AccountID) (n int, err error) {
	err = q.QueryRow(ctx, `
		select count(*) from accounts
		where role = 'admin' and is_active and deleted_at is null and id <> $1`, except).Scan(&n)
	if err != nil {
		return 0, postgres.Failed(err, "count admins")
	}
	return n, nil
}

// Revocations implements [users.Rights].
func (s *Store) Revocations(ctx context.Context, since time.Time) (r users.Revocations, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, snapshot, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `select epoch, seq from commit_head`).Scan(&r.Epoch, &r.Seq); err != nil {
			return fmt.Errorf("select head: %w", err)
		}
		rows, err := tx.Query(ctx, `
			select id::text, authz_version from accounts
			where updated_at > created_at and updated_at >= $1`, since)
		if err != nil {
			return fmt.Errorf("select revocations: %w", err)
		}
		r.Items, err = pgx.CollectRows(rows, pgx.RowToStructByPos[users.Revocation])
		if err != nil {
			return fmt.Errorf("select revocations: %w", err)
		}
		return nil
	})
	if err != nil {
		return users.Revocations{}, postgres.Failed(err, "read revocations")
	}
	return r, nil
}
