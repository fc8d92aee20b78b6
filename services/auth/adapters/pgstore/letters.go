package pgstore

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"stockroom/pkg/postgres"
	"stockroom/services/auth"
)

// Letters keeps mails with one-time tokens.
type Letters struct {
	pool *pgxpool.Pool
}

var _ auth.Letters = (*Letters)(nil)

// NewLetters returns the letters in pool.
func NewLetters(pool *pgxpool.Pool) *Letters {
	return &Letters{pool}
}

// Add implements [auth.Letters].
func (s *Letters) Add(ctx context.Context, l auth.Letter, most int) error {
	var full, known bool
	err := s.pool.QueryRow(ctx, `
		with state as (
			select (select count(*) from (select from letters where due_at is not null limit $8) as waiting) >= $8 as "full",
				$3 = '' or exists (select from credentials where account_id = nullif($3, '')::uuid) as known
		), added as (
			insert into letters (id, purpose, account_id, email, created_at, due_at, expires_at)
			select $1, $2, nullif($3, '')::uuid, $4, $5, $6, $7 from state where known and not "full"
		)
		select "full", known from state`,
		l.ID, l.Purpose, l.Account, l.Email, l.CreatedAt, orNull(l.DueAt), l.ExpiresAt, most).Scan(&full, &known)
	switch {
	case err != nil:
		return postgres.Failed(err, "add letter %s", l.ID)
	case !known:
		return auth.ErrCredentialNotFound
	case full:
		return auth.ErrLettersFull
	}
	return nil
}

const letterColumns = `id::text, purpose, coalesce(account_id::text, ''), email, token, created_at, due_at, expires_at`

func scanLetter(row pgx.CollectableRow) (auth.Letter, error) {
	var (
		l   auth.Letter
		due *time.Time
	)
	err := row.Scan(&l.ID, &l.Purpose, &l.Account, &l.Email, &l.Token, &l.CreatedAt, &due, &l.ExpiresAt)
	l.CreatedAt, l.DueAt, l.ExpiresAt = l.CreatedAt.UTC(), orZero(due), l.ExpiresAt.UTC()
	return l, err
}

// Claim implements [auth.Letters].
func (s *Letters) Claim(ctx context.Context, now, again time.Time, limit int) ([]auth.Letter, error) {
	// Whoever else is about to claim some takes others.
	rows, err := s.pool.Query(ctx, `
		update letters set due_at = $2
		where id in (
			select id from letters where due_at <= $1 order by due_at limit $3 for update skip locked
		)
		returning `+letterColumns, now, again, limit)
	if err != nil {
		return nil, postgres.Failed(err, "claim letters")
	}
	list, err := pgx.CollectRows(rows, scanLetter)
	if err != nil {
		return nil, postgres.Failed(err, "claim letters")
	}
	return list, nil
}

// Issue implements [auth.Letters].
func (s *Letters) Issue(ctx context.Context, l auth.Letter, since time.Time, most int) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// Letters of one account are issued one after the other.
		tag, err := tx.Exec(ctx, `select from credentials where account_id = $1 for no key update`, l.Account)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return auth.ErrCredentialNotFound
		}
		var others int
		err = tx.QueryRow(ctx, `
			select count(*) from letters
			where account_id = $1 and purpose = $2 and id <> $3 and token is not null and created_at > $4`,
			l.Account, l.Purpose, l.ID, since).Scan(&others)
		if err != nil {
			return err
		}
		if others >= most {
			return auth.ErrTooManyLetters
		}
		tag, err = tx.Exec(ctx, `update letters set account_id = $2, email = $3, token = $4, expires_at = $5 where id = $1`,
			l.ID, l.Account, l.Email, l.Token, l.ExpiresAt)
		if err == nil && tag.RowsAffected() == 0 {
			return auth.ErrLetterNotFound
		}
		return err
	})
	if err != nil {
		return postgres.Failed(err, "issue letter %s", l.ID)
	}
	return nil
}

// Sent implements [auth.Letters].
func (s *Letters) Sent(ctx context.Context, id auth.LetterID) error {
	if _, err := s.pool.Exec(ctx, `update letters set due_at = null where id = $1`, id); err != nil {
		return postgres.Failed(err, "note that letter %s was sent", id)
	}
	return nil
}

// Drop implements [auth.Letters].
func (s *Letters) Drop(ctx context.Context, id auth.LetterID) error {
	if _, err := s.pool.Exec(ctx, `delete from letters where id = $1`, id); err != nil {
		return postgres.Failed(err, "drop letter %s", id)
	}
	return nil
}

// Letter implements [auth.Letters].
func (s *Letters) Letter(ctx context.Context, p auth.Purpose, token []byte) (auth.Letter, error) {
	rows, err := s.pool.Query(ctx, `select `+letterColumns+` from letters where token = $1 and purpose = $2`, token, p)
	if err != nil {
		return auth.Letter{}, postgres.Failed(err, "read letter")
	}
	l, err := pgx.CollectExactlyOneRow(rows, scanLetter)
	if errors.Is(err, pgx.ErrNoRows) {
		return auth.Letter{}, auth.ErrLetterNotFound
	}
	if err != nil {
		return auth.Letter{}, postgres.Failed(err, "read letter")
	}
	return l, nil
}

// Waiting implements [auth.Letters].
func (s *Letters) Waiting(ctx context.Context) (n int, oldest time.Time, err error) {
	var first *time.Time
	err = s.pool.QueryRow(ctx, `select count(*), min(created_at) from letters where due_at is not null`).Scan(&n, &first)
	if err != nil {
		return 0, time.Time{}, postgres.Failed(err, "count letters")
	}
	return n, orZero(first), nil
}

// Prune implements [auth.Letters].
func (s *Letters) Prune(ctx context.Context, before time.Time) error {
	if _, err := s.pool.Exec(ctx, `delete from letters where expires_at < $1`, before); err != nil {
		return postgres.Failed(err, "prune letters")
	}
	return nil
}
