// Package sqlitestore keeps accounts in SQLite.
package sqlitestore

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
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
func (s *Store) Create(ctx context.Context, a users.Account) (users.Account, bool, error) {
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
		return entry(users.KindAccount, a.ID, ""), insert(ctx, tx, a)
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
		deleted_at, authz_version, password_change, created_at, updated_at, email_verified)
	values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)`

func insert(ctx context.Context, tx *sql.Tx, a users.Account) error {
	_, err := tx.ExecContext(ctx, insertAccount, values(a)...)
	return refused(err, "insert account")
}

func update(ctx context.Context, tx *sql.Tx, a users.Account) error {
	_, err := tx.ExecContext(ctx, `
		update accounts
		set email = ?2, email_key = ?3, username = ?4, username_key = ?5, role = ?6, is_active = ?7,
			deleted_at = ?8, authz_version = ?9, password_change = ?10, created_at = ?11, updated_at = ?12,
			email_verified = ?13
		where id = ?1`, values(a)...)
	return refused(err, "update account")
}

func values(a users.Account) []any {
	email, username := string(a.Email), string(a.Username)
	deletedAt := sql.NullString{String: sqlite.FormatTime(a.DeletedAt), Valid: a.Deleted()}
	return []any{
		string(a.ID), email, fold.String(email), username, fold.String(username), string(a.Role), a.IsActive,
		deletedAt, a.AuthzVersion, string(a.PasswordChange), sqlite.FormatTime(a.CreatedAt), sqlite.FormatTime(a.UpdatedAt),
		a.EmailVerified,
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

func record(ctx context.Context, tx *sql.Tx, seq int64, c users.Change, before, after users.Account) error {
	was, err := json.Marshal(before.Record())
	if err != nil {
		return fmt.Errorf("encode record: %w", err)
	}
	is, err := json.Marshal(after.Record())
	if err != nil {
		return fmt.Errorf("encode record: %w", err)
	}
	_, err = tx.ExecContext(ctx, `
		insert into audit (account, seq, actor, action, before, after, request_id, at)
		values (?, ?, nullif(?, ''), ?, ?, ?, ?, ?)`,
		string(after.ID), seq, string(c.By.ID), string(c.Action), string(was), string(is),
		c.By.RequestID, sqlite.FormatTime(c.At))
	if err != nil {
		return fmt.Errorf("insert audit: %w", err)
	}
	return nil
}
