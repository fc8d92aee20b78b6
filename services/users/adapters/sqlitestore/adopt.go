package sqlitestore

import (
	"context"
	"database/sql"
	"errors"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/sqlite"
	"stockroom/services/users"
)

// Adopt implements [users.Store].
func (s *Store) Adopt(ctx context.Context, as []users.Account, rehearse bool) (results []error, err error) {
	_, err = s.log.Write(ctx, func(ctx context.Context, tx *sql.Tx, seq int64) (commitlog.Entry, error) {
		e := commitlog.Entry{Kind: string(users.KindAccount)}
		results = make([]error, len(as))
		for i, a := range as {
			a.AuthzVersion = seq
			why, err := adopt(ctx, tx, a)
			if err != nil {
				return commitlog.Entry{}, err
			}
			if results[i] = why; why == nil {
				e.IDs = append(e.IDs, string(a.ID))
			}
		}
		if rehearse || len(e.IDs) == 0 {
			return commitlog.Entry{}, users.ErrUnchanged
		}
		return e, nil
	})
	if err != nil && !errors.Is(err, users.ErrUnchanged) {
		return nil, sqlite.Failed(err, "adopt %d accounts", len(as))
	}
	return results, nil
}

// adopt inserts a, or tells why not.
func adopt(ctx context.Context, tx *sql.Tx, a users.Account) (why, err error) {
	_, err = account(ctx, tx, a.ID)
	if err == nil {
		return users.ErrUnchanged, nil
	}
	if !errors.Is(err, users.ErrAccountNotFound) {
		return nil, err
	}
	err = insert(ctx, tx, a)
	if errors.Is(err, users.ErrEmailTaken) || errors.Is(err, users.ErrUsernameTaken) {
		return err, nil // the statement is undone, the transaction goes on
	}
	return nil, err
}
