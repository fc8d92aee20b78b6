package sqlitestore

import (
	"context"
	"database/sql"
	"errors"

	"stockroom/pkg/sqlite"
	"stockroom/services/auth"
)

// errRehearsal rolls back.
var errRehearsal = errors.New("only a rehearsal")

// Adopt implements [auth.Credentials].
func (s *Credentials) Adopt(ctx context.Context, cs []auth.Credential, rehearse bool) ([]bool, error) {
	added := make([]bool, len(cs))
	err := inTx(ctx, s.db, func(tx *sql.Tx) error {
		for i, c := range cs {
			result, err := tx.ExecContext(ctx, `
				insert into credentials (account_id, hash, confirmed, created_at) values (?, ?, 1, ?)
				on conflict do nothing`, c.Account, c.Hash, format(c.CreatedAt))
			if err != nil {
				return sqlite.Failed(err, "adopt credential of %s", c.Account)
			}
			n, err := result.RowsAffected()
			if err != nil {
				return sqlite.Failed(err, "adopt credential of %s", c.Account)
			}
			added[i] = n > 0
		}
		if rehearse {
			return errRehearsal
		}
		return nil
	})
	if err != nil && !errors.Is(err, errRehearsal) {
		return nil, err
	}
	return added, nil
}
