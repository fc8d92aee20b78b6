package pgstore

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"stockroom/pkg/postgres"
	"stockroom/services/auth"
)

// Keys keeps signing keys.
type Keys struct {
	pool *pgxpool.Pool
}

var _ auth.Keys = (*Keys)(nil)

// NewKeys returns the keys in pool.
func NewKeys(pool *pgxpool.Pool) *Keys {
	return &Keys{pool}
}

// Add implements [auth.Keys].
func (s *Keys) Add(ctx context.Context, k auth.Key) error {
	_, err := s.pool.Exec(ctx, `
		insert into signing_keys (number, id, public, sealed, created_at) values ($1, $2, $3, $4, $5)`,
		k.Number, k.ID, []byte(k.Public), k.Sealed, k.CreatedAt)
	if postgres.IsUnique(err, "signing_keys_pkey") {
		return auth.ErrKeyTaken
	}
	if err != nil {
		return postgres.Failed(err, "add signing key %d", k.Number)
	}
	return nil
}

// Keys implements [auth.Keys].
func (s *Keys) Keys(ctx context.Context) ([]auth.Key, error) {
	rows, err := s.pool.Query(ctx, `select number, id, public, sealed, created_at from signing_keys order by number`)
	if err != nil {
		return nil, postgres.Failed(err, "list signing keys")
	}
	keys, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (auth.Key, error) {
		var (
			k      auth.Key
			public []byte
		)
		err := row.Scan(&k.Number, &k.ID, &public, &k.Sealed, &k.CreatedAt)
		k.Public, k.CreatedAt = public, k.CreatedAt.UTC()
		return k, err
	})
	if err != nil {
		return nil, postgres.Failed(err, "list signing keys")
	}
	return keys, nil
}
