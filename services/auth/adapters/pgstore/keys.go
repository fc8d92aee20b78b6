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
		insert into signing_keys (number, id, public, sealed, created_at, signs_from) values ($1, $2, $3, $4, $5, $6)`,
		k.Number, k.ID, []byte(k.Public), k.Sealed, k.CreatedAt, k.SignsFrom)
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
	rows, err := s.pool.Query(ctx, `
		select number, id, public, sealed, created_at, coalesce(signs_from, created_at) from signing_keys order by number`)
	if err != nil {
		return nil, postgres.Failed(err, "list signing keys")
	}
	keys, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (auth.Key, error) {
		var (
			k      auth.Key
			public []byte
		)
		err := row.Scan(&k.Number, &k.ID, &public, &k.Sealed, &k.CreatedAt, &k.SignsFrom)
		k.Public, k.CreatedAt, k.SignsFrom = public, k.CreatedAt.UTC(), k.SignsFrom.UTC()
		return k, err
	})
	if err != nil {
		return nil, postgres.Failed(err, "list signing keys")
	}
	return keys, nil
}

// Reseal implements [auth.Keys].
func (s *Keys) Reseal(ctx context.Context, number int, old, sealed []byte) error {
	_, err := s.pool.Exec(ctx, `update signing_keys set sealed = $3 where number = $1 and sealed = $2`, number, old, sealed)
	if err != nil {
		return postgres.Failed(err, "seal signing key %d again", number)
	}
	return nil
}

// Remove implements [auth.Keys].
func (s *Keys) Remove(ctx context.Context, number int) error {
	if _, err := s.pool.Exec(ctx, `delete from signing_keys where number = $1`, number); err != nil {
		return postgres.Failed(err, "remove signing key %d", number)
	}
	return nil
}
