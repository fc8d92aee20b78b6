// Package sqlitestore keeps accounts in SQLite.
package sqlitestore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/sqlitelog"
	"stockroom/pkg/fold"
	"stockroom/pkg/sqlite"
	"stockroom/services/users"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the schema of accounts.
func Migrations() fs.FS {
	sub, _ := fs.Sub(files, "migrations") // cannot fail: the name is valid
	return sub
}

// Store is a [users.Store] and [users.Rights] in SQLite.
type Store struct {
	db  *sqlite.DB
	log *sqlitelog.Log
}

var (
	_ users.Store  = (*Store)(nil)
	_ users.Rights = (*Store)(nil)
)

// New returns a store on db that commits through log, which is of the same
// database. SQLite has one writer, so what a commit reads stays true until it is
// done.
func New(db *sqlite.DB, log *sqlitelog.Log) *Store { return &Store{db: db, log: log} }

// Create implements [users.Store].
func (s *Store) Create(ctx context.Context, a users.Account, by users.Caller) (users.Account, bool, error) {
	_, err := s.log.Write(ctx, func(ctx context.Context, tx *sql.Tx, seq int64) (commitlog.Entry, error) {
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
		return users.Account{}, false, sqlite.Failed(err, "create account %s", a.ID)
	}
	return a, true, nil
}

// Update implements [users.Store].
func (s *Store) Update(ctx context.Context, id users.AccountID, c users.Change) (after users.Account, err error) {
	_, err = s.log.Write(ctx, func(ctx context.Context, tx *sql.Tx, seq int64) (commitlog.Entry, error) {
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
		return users.Account{}, sqlite.Failed(err, "update account %s", id)
	}
	return after, nil
}

func entry(kind users.Kind, id, actor users.AccountID) commitlog.Entry {
	return commitlog.Entry{IDs: []string{string(id)}, Kind: string(kind), Actor: string(actor)}
}

const insertAccount = `
	insert into accounts (id, email, email_key, username, username_key, role, is_active,
		deleted_at, erased_at, authz_version, password_change, created_at, updated_at, email_verified, reinstated_version)
	values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)`

func insert(ctx context.Context, tx *sql.Tx, a users.Account) error {
	_, err := tx.ExecContext(ctx, insertAccount, values(a)...)
	return refused(err, "insert account")
}

func update(ctx context.Context, tx *sql.Tx, a users.Account) error {
	_, err := tx.ExecContext(ctx, `
		update accounts
		set email = ?2, email_key = ?3, username = ?4, username_key = ?5, role = ?6, is_active = ?7,
			deleted_at = ?8, erased_at = ?9, authz_version = ?10, password_change = ?11, created_at = ?12, updated_at = ?13,
			email_verified = ?14, reinstated_version = ?15
		where id = ?1`, values(a)...)
	return refused(err, "update account")
}

func values(a users.Account) []any {
	email, username := string(a.Email), string(a.Username)
	deletedAt := sql.NullString{String: sqlite.FormatTime(a.DeletedAt), Valid: a.Deleted()}
	erasedAt := sql.NullString{String: sqlite.FormatTime(a.ErasedAt), Valid: a.Erased()}
	return []any{
		string(a.ID), email, fold.String(email), username, fold.String(username), string(a.Role), a.IsActive,
		deletedAt, erasedAt, a.AuthzVersion, string(a.PasswordChange), sqlite.FormatTime(a.CreatedAt), sqlite.FormatTime(a.UpdatedAt),
		a.EmailVerified, a.ReinstatedVersion,
	}
}

func refused(err error, doing string) error {
	switch {
	case err == nil:
		return nil
	case sqlite.IsUnique(err, "accounts.email_key"):
		return users.ErrEmailTaken
	case sqlite.IsUnique(err, "accounts.username_key"):
		return users.ErrUsernameTaken
	}
	return fmt.Errorf("%s: %w", doing, err)
}
