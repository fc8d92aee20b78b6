// Package pgstore keeps accounts in PostgreSQL.
package pgstore

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype/zeronull"
	"github.com/jackc/pgx/v5/pgxpool"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/pglog"
	"stockroom/pkg/fold"
	"stockroom/pkg/postgres"
	"stockroom/services/users"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the schema of accounts.
func Migrations() fs.FS {
	sub, _ := fs.Sub(files, "migrations") // cannot fail: the name is valid
	return sub
}

// Store is a [users.Store] and [users.Rights] in PostgreSQL.
type Store struct {
	pool *pgxpool.Pool
	log  *pglog.Log
}

var (
	_ users.Store  = (*Store)(nil)
	_ users.Rights = (*Store)(nil)
)

// New returns a store on pool that commits through log, which is of the same
// database. As a commit takes its number first and holds it until it is done,
// the writers of the store come one after the other, and what one of them reads
// stays true until it has committed.
func New(pool *pgxpool.Pool, log *pglog.Log) *Store { return &Store{pool: pool, log: log} }

// Create implements [users.Store].
func (s *Store) Create(ctx context.Context, a users.Account, by users.Caller) (users.Account, bool, error) {
	_, err := s.log.Write(ctx, func(ctx context.Context, tx pgx.Tx, seq int64) (commitlog.Entry, error) {
		existing, err := account(ctx, tx, a.ID)
		if err == nil {
			err = a.Repeat(existing)
			a = existing
			return commitlog.Entry{}, err
		}
		if !errors.Is(err, users.ErrAccountNotFound) {
			return commitlog.Entry{}, err
		}
		a.AuthzVersion = seq
		err = insert(ctx, tx, a)
		if err == nil && by.Operator {
			err = record(ctx, tx, seq, users.Change{Action: users.ActionCreate, By: by, At: a.CreatedAt}, users.Account{}, a)
		}
		return entry(users.KindAccount, a.ID, ""), err
	})
	if errors.Is(err, users.ErrUnchanged) {
		return a, false, nil
	}
	if err != nil {
		return users.Account{}, false, postgres.Failed(err, "create account %s", a.ID)
	}
	return a, true, nil
}

// Update implements [users.Store].
func (s *Store) Update(ctx context.Context, id users.AccountID, c users.Change) (after users.Account, err error) {
	_, err = s.log.Write(ctx, func(ctx context.Context, tx pgx.Tx, seq int64) (commitlog.Entry, error) {
		before, err := account(ctx, tx, id)
		if err != nil {
			return commitlog.Entry{}, err
		}
		after, err = c.Run(before, seq, func() (int, error) { return admins(ctx, tx, id) })
		if err != nil {
			return commitlog.Entry{}, err
		}
		if err := update(ctx, tx, after); err != nil {
			return commitlog.Entry{}, err
		}
		if c.Administrative(id) {
			err = record(ctx, tx, seq, c, before, after)
		}
		if err == nil && c.Erases() {
			err = erase(ctx, tx, id)
		}
		return entry(users.KindOf(before, after), id, c.By.ID), err
	})
	if err != nil && !errors.Is(err, users.ErrUnchanged) {
		return users.Account{}, postgres.Failed(err, "update account %s", id)
	}
	return after, nil
}

func entry(kind users.Kind, id, actor users.AccountID) commitlog.Entry {
	return commitlog.Entry{IDs: []string{string(id)}, Kind: string(kind), Actor: string(actor)}
}

const insertAccount = `
	insert into accounts (id, email, email_key, username, username_key, role, is_active,
		deleted_at, erased_at, authz_version, password_change, created_at, updated_at, email_verified, reinstated_version)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, nullif($11, '')::uuid, $12, $13, $14, $15)`

func insert(ctx context.Context, tx pgx.Tx, a users.Account) error {
	_, err := tx.Exec(ctx, insertAccount, values(a)...)
	return refused(err, "insert account")
}

func update(ctx context.Context, tx pgx.Tx, a users.Account) error {
	_, err := tx.Exec(ctx, `
		update accounts
		set email = $2, email_key = $3, username = $4, username_key = $5, role = $6, is_active = $7,
			deleted_at = $8, erased_at = $9, authz_version = $10, password_change = nullif($11, '')::uuid,
			created_at = $12, updated_at = $13, email_verified = $14, reinstated_version = $15
		where id = $1`, values(a)...)
	return refused(err, "update account")
}

func values(a users.Account) []any {
	email, username := string(a.Email), string(a.Username)
	return []any{
		a.ID, email, fold.String(email), username, fold.String(username), a.Role, a.IsActive,
		zeronull.Timestamptz(a.DeletedAt), zeronull.Timestamptz(a.ErasedAt), a.AuthzVersion, a.PasswordChange, a.CreatedAt, a.UpdatedAt,
		a.EmailVerified, a.ReinstatedVersion,
	}
}

func refused(err error, doing string) error {
	switch {
	case err == nil:
		return nil
	case postgres.IsUnique(err, "accounts_email"):
		return users.ErrEmailTaken
	case postgres.IsUnique(err, "accounts_username"):
		return users.ErrUsernameTaken
	}
	return fmt.Errorf("%s: %w", doing, err)
}
