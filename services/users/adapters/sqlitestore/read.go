package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"stockroom/pkg/fold"
	"stockroom/pkg/sqlite"
	"stockroom/services/users"
)

const selectAccount = `
	select id, email, username, role, is_active, deleted_at, erased_at, authz_version, password_change, created_at, updated_at,
		email_verified, reinstated_version
	from accounts `

// querier is a database or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Account implements [users.Store].
func (s *Store) Account(ctx context.Context, id users.AccountID) (users.Account, error) {
	return account(ctx, s.db.Read, id)
}

// Known implements [users.Store].
func (s *Store) Known(ctx context.Context, ids []users.AccountID) (found []users.AccountID, err error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, sqlite.Failed(err, "encode ids")
	}
	rows, err := s.db.Read.QueryContext(ctx, `select id from accounts where id in (select value from json_each(?))`, string(list))
	if err != nil {
		return nil, sqlite.Failed(err, "look for accounts")
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		var id users.AccountID
		if err := rows.Scan(&id); err != nil {
			return nil, sqlite.Failed(err, "look for accounts")
		}
		found = append(found, id)
	}
	if err := rows.Err(); err != nil {
		return nil, sqlite.Failed(err, "look for accounts")
	}
	return found, nil
}

// AccountByUsername implements [users.Store].
func (s *Store) AccountByUsername(ctx context.Context, name string) (users.Account, error) {
	return scan(s.db.Read.QueryRowContext(ctx, selectAccount+`where username_key = ? and deleted_at is null`, fold.String(name)))
}

// AccountByEmail implements [users.Store].
func (s *Store) AccountByEmail(ctx context.Context, email string) (users.Account, error) {
	return scan(s.db.Read.QueryRowContext(ctx, selectAccount+`where email_key = ? and deleted_at is null`, fold.String(email)))
}

func account(ctx context.Context, q querier, id users.AccountID) (users.Account, error) {
	return scan(q.QueryRowContext(ctx, selectAccount+`where id = ?`, string(id)))
}

// scan reads an account from a *sql.Row or *sql.Rows.
func scan(row interface{ Scan(dest ...any) error }) (users.Account, error) {
	var a users.Account
	var deletedAt, erasedAt, createdAt, updatedAt sql.NullString
	err := row.Scan(&a.ID, &a.Email, &a.Username, &a.Role, &a.IsActive, &deletedAt,
		&erasedAt, &a.AuthzVersion, &a.PasswordChange, &createdAt, &updatedAt, &a.EmailVerified, &a.ReinstatedVersion)
	if errors.Is(err, sql.ErrNoRows) {
		return users.Account{}, users.ErrAccountNotFound
	}
	for column, into := range map[*sql.NullString]*time.Time{
		&deletedAt: &a.DeletedAt, &erasedAt: &a.ErasedAt, &createdAt: &a.CreatedAt, &updatedAt: &a.UpdatedAt,
	} {
		if err == nil && column.Valid {
			*into, err = sqlite.ParseTime(column.String)
		}
	}
	if err != nil {
		return users.Account{}, sqlite.Failed(err, "select account")
	}
	return a, nil
}

// Taken implements [users.Store].
func (s *Store) Taken(ctx context.Context, email users.Email, username users.Username, except users.AccountID) (users.Taken, error) {
	var t users.Taken
	err := s.db.Read.QueryRowContext(ctx, `
		select
			exists (select 1 from accounts where email_key = ?1 and deleted_at is null and id <> ?3),
			exists (select 1 from accounts where username_key = ?2 and deleted_at is null and id <> ?3)`,
		fold.String(string(email)), fold.String(string(username)), string(except)).Scan(&t.Email, &t.Username)
	if err != nil {
		return users.Taken{}, sqlite.Failed(err, "look for taken values")
	}
	return t, nil
}

// ActiveAdmins implements [users.Rights].
func (s *Store) ActiveAdmins(ctx context.Context) (int, error) {
	return admins(ctx, s.db.Read, "")
}

func admins(ctx context.Context, q querier, except users.AccountID) (n int, err error) {
	err = q.QueryRowContext(ctx, `
		select count(*) from accounts
		where role = 'admin' and is_active and deleted_at is null and id <> ?`, string(except)).Scan(&n)
	if err != nil {
		return 0, sqlite.Failed(err, "count admins")
	}
	return n, nil
}

// Revocations implements [users.Rights].
func (s *Store) Revocations(ctx context.Context, since time.Time) (r users.Revocations, err error) {
	tx, err := s.db.Read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // both queries see the same moment
	if err != nil {
		return users.Revocations{}, sqlite.Failed(err, "select revocations")
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written

	if err := tx.QueryRowContext(ctx, `select epoch, seq from commit_head`).Scan(&r.Epoch, &r.Seq); err != nil {
		return users.Revocations{}, sqlite.Failed(err, "select head")
	}
	rows, err := tx.QueryContext(ctx, `
		select id, authz_version from accounts
		where updated_at > created_at and updated_at >= ?`, sqlite.FormatTime(since))
	if err != nil {
		return users.Revocations{}, sqlite.Failed(err, "select revocations")
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells what matters

	for rows.Next() {
		var item users.Revocation
		if err := rows.Scan(&item.ID, &item.AuthzVersion); err != nil {
			return users.Revocations{}, sqlite.Failed(err, "select revocations")
		}
		r.Items = append(r.Items, item)
	}
	if err := rows.Err(); err != nil {
		return users.Revocations{}, sqlite.Failed(err, "select revocations")
	}
	return r, nil
}
