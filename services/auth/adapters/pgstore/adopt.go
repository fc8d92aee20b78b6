package pgstore

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"stockroom/pkg/postgres"
	"stockroom/services/auth"
)

// errRehearsal rolls back.
var errRehearsal = errors.New("only a rehearsal")

// Adopt implements [auth.Credentials].
func (s *Credentials) Adopt(ctx context.Context, cs []auth.Credential, rehearse bool) ([]bool, error) {
	added := make([]bool, len(cs))
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		inserts := new(pgx.Batch)
		for i, c := range cs {
			inserts.Queue(`
				insert into credentials (account_id, hash, confirmed, created_at) values ($1, $2, true, $3)
				on conflict do nothing`, c.Account, c.Hash, c.CreatedAt).Exec(func(tag pgconn.CommandTag) error {
				added[i] = tag.RowsAffected() > 0
				return nil
			})
		}
		if err := tx.SendBatch(ctx, inserts).Close(); err != nil {
			return err
		}
		if rehearse {
			return errRehearsal
		}
		return nil
	})
	if err != nil && !errors.Is(err, errRehearsal) {
		return nil, postgres.Failed(err, "adopt %d credentials", len(cs))
	}
	return added, nil
}
