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

// Changes keeps new passwords that are not in use yet.
type Changes struct {
	pool *pgxpool.Pool
	log  *pglog.Log
}

var _ auth.Changes = (*Changes)(nil)

// NewChanges returns the changes in pool, which end sessions through its log.
func NewChanges(pool *pgxpool.Pool, log *pglog.Log) *Changes {
	return &Changes{pool, log}
}

// Stage implements [auth.Changes].
func (s *Changes) Stage(ctx context.Context, c auth.Change) error {
	tag, err := s.pool.Exec(ctx, `
		insert into password_changes (id, account_id, hash, keep_session, created_at)
		select $1, account_id, $3, nullif($4, '')::uuid, $5 from credentials where account_id = $2
		on conflict (id) do update set id = excluded.id`, // so that the row counts
		c.ID, c.Account, c.Hash, c.Keep, c.CreatedAt)
	if err != nil {
		return postgres.Failed(err, "stage change %s", c.ID)
	}
	if tag.RowsAffected() == 0 {
		return auth.ErrCredentialNotFound
	}
	return nil
}

const changeColumns = `id::text, account_id::text, hash, coalesce(keep_session::text, ''), created_at`

func scanChange(row pgx.CollectableRow) (auth.Change, error) {
	var c auth.Change
	err := row.Scan(&c.ID, &c.Account, &c.Hash, &c.Keep, &c.CreatedAt)
	c.CreatedAt = c.CreatedAt.UTC()
	return c, err
}

// Change implements [auth.Changes].
func (s *Changes) Change(ctx context.Context, id auth.ChangeID) (auth.Change, error) {
	rows, err := s.pool.Query(ctx, `select `+changeColumns+` from password_changes where id = $1`, id)
	if err != nil {
		return auth.Change{}, postgres.Failed(err, "read change %s", id)
	}
	c, err := pgx.CollectExactlyOneRow(rows, scanChange)
	if errors.Is(err, pgx.ErrNoRows) {
		return auth.Change{}, auth.ErrChangeNotFound
	}
	if err != nil {
		return auth.Change{}, postgres.Failed(err, "read change %s", id)
	}
	return c, nil
}

// Activate implements [auth.Changes].
func (s *Changes) Activate(ctx context.Context, c auth.Change, revision int64, now time.Time) error {
	err := commit(ctx, s.log, func(tx pgx.Tx) ([]string, error) {
		tag, err := tx.Exec(ctx, `
			update credentials set hash = $3, revision = revision + 1, last_change = $4
			where account_id = $1 and revision = $2`, c.Account, revision, c.Hash, c.ID)
		if err != nil {
			return nil, err
		}
		if tag.RowsAffected() == 0 {
			return nil, auth.ErrCredentialChanged
		}
		if _, err = tx.Exec(ctx, `delete from password_changes where id = $1`, c.ID); err != nil {
			return nil, err
		}
		_, err = tx.Exec(ctx, `delete from letters where account_id = $1 and purpose = $2`, c.Account, auth.PurposeReset)
		if err != nil {
			return nil, err
		}
		return end(ctx, tx, ending{reason: auth.RevokedPassword, at: now},
			`account_id = $5 and id is distinct from nullif($6, '')::uuid`, c.Account, c.Keep)
	})
	if err != nil {
		return postgres.Failed(err, "activate change %s", c.ID)
	}
	return nil
}

// Staged implements [auth.Changes].
func (s *Changes) Staged(ctx context.Context, before time.Time, limit int) ([]auth.Change, error) {
	rows, err := s.pool.Query(ctx, `
		select `+changeColumns+` from password_changes where created_at < $1
		order by created_at limit $2`, before, limit)
	if err != nil {
		return nil, postgres.Failed(err, "list changes")
	}
	list, err := pgx.CollectRows(rows, scanChange)
	if err != nil {
		return nil, postgres.Failed(err, "list changes")
	}
	return list, nil
}

// Discard implements [auth.Changes].
func (s *Changes) Discard(ctx context.Context, id auth.ChangeID) error {
	if _, err := s.pool.Exec(ctx, `delete from password_changes where id = $1`, id); err != nil {
		return postgres.Failed(err, "discard change %s", id)
	}
	return nil
}
