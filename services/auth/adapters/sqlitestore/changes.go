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

// Changes keeps new passwords that are not in use yet.
type Changes struct {
	db  *sqlite.DB
	log *sqlitelog.Log
}

var _ auth.Changes = (*Changes)(nil)

// NewChanges returns the changes in db, which end sessions through its log.
func NewChanges(db *sqlite.DB, log *sqlitelog.Log) *Changes {
	return &Changes{db, log}
}

// Stage implements [auth.Changes].
func (s *Changes) Stage(ctx context.Context, c auth.Change) error {
	result, err := s.db.Write.ExecContext(ctx, `
		insert into password_changes (id, account_id, hash, keep_session, created_at)
		select ?, account_id, ?, ?, ? from credentials where account_id = ?
		on conflict (id) do update set id = excluded.id`, // so that the row counts
		c.ID, c.Hash, c.Keep, format(c.CreatedAt), c.Account)
	if err != nil {
		return sqlite.Failed(err, "stage change %s", c.ID)
	}
	return affected(result, auth.ErrCredentialNotFound)
}

// affected returns none if no row was.
func affected(result sql.Result, none error) error {
	n, err := result.RowsAffected()
	if err != nil {
		return sqlite.Failed(err, "count rows")
	}
	if n == 0 {
		return none
	}
	return nil
}

const selectChange = `select id, account_id, hash, keep_session, created_at from password_changes `

func scanChange(scan func(...any) error) (c auth.Change, err error) {
	err = scan(&c.ID, &c.Account, &c.Hash, &c.Keep, instant{&c.CreatedAt})
	return c, err
}

// Change implements [auth.Changes].
func (s *Changes) Change(ctx context.Context, id auth.ChangeID) (auth.Change, error) {
	c, err := scanChange(s.db.Read.QueryRowContext(ctx, selectChange+`where id = ?`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return auth.Change{}, auth.ErrChangeNotFound
	}
	if err != nil {
		return auth.Change{}, sqlite.Failed(err, "read change %s", id)
	}
	return c, nil
}

// Activate implements [auth.Changes].
func (s *Changes) Activate(ctx context.Context, c auth.Change, revision int64, now time.Time) error {
	err := commit(ctx, s.log, func(tx *sql.Tx) ([]string, error) {
		result, err := tx.ExecContext(ctx, `
			update credentials set hash = ?, revision = revision + 1, last_change = ?
			where account_id = ? and revision = ?`, c.Hash, c.ID, c.Account, revision)
		if err != nil {
			return nil, err
		}
		if err := affected(result, auth.ErrCredentialChanged); err != nil {
			return nil, err
		}
		if _, err := tx.ExecContext(ctx, `delete from password_changes where id = ?`, c.ID); err != nil {
			return nil, err
		}
		_, err = tx.ExecContext(ctx, `delete from letters where account_id = ? and purpose = ?`, c.Account, auth.PurposeReset)
		if err != nil {
			return nil, err
		}
		return end(ctx, tx, ending{reason: auth.RevokedPassword, at: now}, `account_id = ? and id <> ?`, c.Account, c.Keep)
	})
	if err != nil {
		return sqlite.Failed(err, "activate change %s", c.ID)
	}
	return nil
}

// Staged implements [auth.Changes].
func (s *Changes) Staged(ctx context.Context, before time.Time, limit int) (list []auth.Change, err error) {
	rows, err := s.db.Read.QueryContext(ctx,
		selectChange+`where created_at < ? order by created_at limit ?`, format(before), limit)
	if err != nil {
		return nil, sqlite.Failed(err, "list changes")
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		c, err := scanChange(rows.Scan)
		if err != nil {
			return nil, sqlite.Failed(err, "list changes")
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

// Discard implements [auth.Changes].
func (s *Changes) Discard(ctx context.Context, id auth.ChangeID) error {
	if _, err := s.db.Write.ExecContext(ctx, `delete from password_changes where id = ?`, id); err != nil {
		return sqlite.Failed(err, "discard change %s", id)
	}
	return nil
}
