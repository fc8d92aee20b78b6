package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"stockroom/pkg/sqlite"
	"stockroom/services/auth"
)

// Letters keeps mails with one-time tokens.
type Letters struct {
	db *sqlite.DB
}

var _ auth.Letters = (*Letters)(nil)

// NewLetters returns the letters in db.
func NewLetters(db *sqlite.DB) *Letters {
	return &Letters{db}
}

// Add implements [auth.Letters].
func (s *Letters) Add(ctx context.Context, l auth.Letter, most int) error {
	return inTx(ctx, s.db, func(tx *sql.Tx) error {
		var full, known bool
		err := tx.QueryRowContext(ctx, `
			select (select count(*) from (select 1 from letters where due_at <> '' limit ?1)) >= ?1,
				?2 = '' or exists (select 1 from credentials where account_id = ?2)`, most, l.Account).Scan(&full, &known)
		switch {
		case err != nil:
			return sqlite.Failed(err, "add letter %s", l.ID)
		case !known:
			return auth.ErrCredentialNotFound
		case full:
			return auth.ErrLettersFull
		}
		_, err = tx.ExecContext(ctx, `
			insert into letters (id, purpose, account_id, email, created_at, due_at, expires_at)
			values (?, ?, nullif(?, ''), ?, ?, ?, ?)`,
			l.ID, l.Purpose, l.Account, l.Email, format(l.CreatedAt), format(l.DueAt), format(l.ExpiresAt))
		if err != nil {
			return sqlite.Failed(err, "add letter %s", l.ID)
		}
		return nil
	})
}

const letterColumns = `id, purpose, coalesce(account_id, ''), email, token, created_at, due_at, expires_at`

func scanLetter(scan func(...any) error) (l auth.Letter, err error) {
	err = scan(&l.ID, &l.Purpose, &l.Account, &l.Email, &l.Token, instant{&l.CreatedAt}, instant{&l.DueAt}, instant{&l.ExpiresAt})
	return l, err
}

// Claim implements [auth.Letters].
func (s *Letters) Claim(ctx context.Context, now, again time.Time, limit int) (list []auth.Letter, err error) {
	const due = `select id from letters where due_at <> '' and due_at <= ? order by due_at limit ?`
	var one string
	err = s.db.Read.QueryRowContext(ctx, due, format(now), 1).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil // nearly always, and without waiting for writers
	}
	if err != nil {
		return nil, sqlite.Failed(err, "claim letters")
	}
	rows, err := s.db.Write.QueryContext(ctx,
		`update letters set due_at = ? where id in (`+due+`) returning `+letterColumns, format(again), format(now), limit)
	if err != nil {
		return nil, sqlite.Failed(err, "claim letters")
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		l, err := scanLetter(rows.Scan)
		if err != nil {
			return nil, sqlite.Failed(err, "claim letters")
		}
		list = append(list, l)
	}
	return list, rows.Err()
}

// Issue implements [auth.Letters].
func (s *Letters) Issue(ctx context.Context, l auth.Letter, since time.Time, most int) error {
	return inTx(ctx, s.db, func(tx *sql.Tx) error {
		var known bool
		var others int
		err := tx.QueryRowContext(ctx, `
			select exists (select 1 from credentials where account_id = ?1), (
				select count(*) from letters
				where account_id = ?1 and purpose = ?2 and id <> ?3 and token is not null and created_at > ?4)`,
			l.Account, l.Purpose, l.ID, format(since)).Scan(&known, &others)
		switch {
		case err != nil:
			return sqlite.Failed(err, "issue letter %s", l.ID)
		case !known:
			return auth.ErrCredentialNotFound
		case others >= most:
			return auth.ErrTooManyLetters
		}
		result, err := tx.ExecContext(ctx, `update letters set account_id = ?, email = ?, token = ?, expires_at = ? where id = ?`,
			l.Account, l.Email, l.Token, format(l.ExpiresAt), l.ID)
		if err != nil {
			return sqlite.Failed(err, "issue letter %s", l.ID)
		}
		return affected(result, auth.ErrLetterNotFound)
	})
}

// Sent implements [auth.Letters].
func (s *Letters) Sent(ctx context.Context, id auth.LetterID) error {
	if _, err := s.db.Write.ExecContext(ctx, `update letters set due_at = '' where id = ?`, id); err != nil {
		return sqlite.Failed(err, "note that letter %s was sent", id)
	}
	return nil
}

// Drop implements [auth.Letters].
func (s *Letters) Drop(ctx context.Context, id auth.LetterID) error {
	if _, err := s.db.Write.ExecContext(ctx, `delete from letters where id = ?`, id); err != nil {
		return sqlite.Failed(err, "drop letter %s", id)
	}
	return nil
}

// Letter implements [auth.Letters].
func (s *Letters) Letter(ctx context.Context, p auth.Purpose, token []byte) (auth.Letter, error) {
	l, err := scanLetter(s.db.Read.QueryRowContext(ctx,
		`select `+letterColumns+` from letters where token = ? and purpose = ?`, token, p).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return auth.Letter{}, auth.ErrLetterNotFound
	}
	if err != nil {
		return auth.Letter{}, sqlite.Failed(err, "read letter")
	}
	return l, nil
}

// Waiting implements [auth.Letters].
func (s *Letters) Waiting(ctx context.Context) (n int, oldest time.Time, err error) {
	err = s.db.Read.QueryRowContext(ctx, `select count(*), coalesce(min(created_at), '') from letters where due_at <> ''`).
		Scan(&n, instant{&oldest})
	if err != nil {
		return 0, time.Time{}, sqlite.Failed(err, "count letters")
	}
	return n, oldest, nil
}

// Prune implements [auth.Letters].
func (s *Letters) Prune(ctx context.Context, before time.Time) error {
	if _, err := s.db.Write.ExecContext(ctx, `delete from letters where expires_at < ?`, format(before)); err != nil {
		return sqlite.Failed(err, "prune letters")
	}
	return nil
}
