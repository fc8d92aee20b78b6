package pgstore

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"

	"stockroom/pkg/postgres"
	"stockroom/services/auth"
)

// Vault keeps the root of all secrets.
type Vault struct {
	pool *pgxpool.Pool
}

var _ auth.Vault = (*Vault)(nil)

// NewVault returns the vault in pool.
func NewVault(pool *pgxpool.Pool) *Vault {
	return &Vault{pool}
}

// Keep implements [auth.Vault].
func (s *Vault) Keep(ctx context.Context, sealed []byte) (kept []byte, err error) {
	_, err = s.pool.Exec(ctx, `insert into vault (sealed) values ($1) on conflict do nothing`, sealed)
	if err != nil {
		return nil, postgres.Failed(err, "fill vault")
	}
	if err := s.pool.QueryRow(ctx, `select sealed from vault`).Scan(&kept); err != nil {
		return nil, postgres.Failed(err, "read vault")
	}
	return kept, nil
}

// Replace implements [auth.Vault].
func (s *Vault) Replace(ctx context.Context, old, sealed []byte) error {
	if _, err := s.pool.Exec(ctx, `update vault set sealed = $2 where sealed = $1`, old, sealed); err != nil {
		return postgres.Failed(err, "fill vault again")
	}
	return nil
}
