package pgstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/fold"
	"stockroom/pkg/postgres"
	"stockroom/services/users"
)

// Adopt implements [users.Store].
func (s *Store) Adopt(ctx context.Context, as []users.Account, rehearse bool) (results []error, err error) {
	_, err = s.log.Write(ctx, func(ctx context.Context, tx pgx.Tx, seq int64) (commitlog.Entry, error) {
		if results, err = adopt(ctx, tx, as, seq); err != nil {
			return commitlog.Entry{}, err
		}
		e := commitlog.Entry{Kind: string(users.KindAccount)}
		for i, a := range as {
			if results[i] == nil {
				e.IDs = append(e.IDs, string(a.ID))
			}
		}
		if rehearse || len(e.IDs) == 0 {
			return commitlog.Entry{}, users.ErrUnchanged
		}
		return e, nil
	})
	if err != nil && !errors.Is(err, users.ErrUnchanged) {
		return nil, postgres.Failed(err, "adopt %d accounts", len(as))
	}
	return results, nil
}

// adopt inserts those that can be, and tells of each why it was not.
func adopt(ctx context.Context, tx pgx.Tx, as []users.Account, seq int64) ([]error, error) {
	here, err := known(ctx, tx, as)
	if err != nil {
		return nil, err
	}
	results := make([]error, len(as))
	inserts := new(pgx.Batch)
	for i, a := range as {
		if here[a.ID] {
			results[i] = users.ErrUnchanged
			continue
		}
		a.AuthzVersion = seq
		inserts.Queue(insertAccount+` on conflict do nothing`, values(a)...).Exec(func(tag pgconn.CommandTag) error {
			if tag.RowsAffected() == 0 {
				results[i] = users.ErrEmailTaken // or its name: see below
			}
			return nil
		})
	}
	if err := tx.SendBatch(ctx, inserts).Close(); err != nil {
		return nil, fmt.Errorf("insert accounts: %w", err)
	}
	for i, a := range as {
		if errors.Is(results[i], users.ErrEmailTaken) {
			if results[i], err = conflict(ctx, tx, a); err != nil {
				return nil, err
			}
		}
	}
	return results, nil
}

func known(ctx context.Context, tx pgx.Tx, as []users.Account) (map[users.AccountID]bool, error) {
	ids := make([]users.AccountID, len(as))
	for i, a := range as {
		ids[i] = a.ID
	}
	found, err := existing(ctx, tx, ids)
	here := make(map[users.AccountID]bool, len(found))
	for _, id := range found {
		here[id] = true
	}
	return here, err
}

// conflict returns why a could not be inserted.
func conflict(ctx context.Context, tx pgx.Tx, a users.Account) (why, err error) {
	var id, email bool
	err = tx.QueryRow(ctx, `
		select
			exists (select from accounts where id = $1),
			exists (select from accounts where email_key = $2 and deleted_at is null)`,
		a.ID, fold.String(string(a.Email))).Scan(&id, &email)
	switch {
	case err != nil:
		return nil, fmt.Errorf("look for what is taken: %w", err)
	case id:
		return users.ErrUnchanged, nil
	case email:
		return users.ErrEmailTaken, nil
	}
	return users.ErrUsernameTaken, nil
}
