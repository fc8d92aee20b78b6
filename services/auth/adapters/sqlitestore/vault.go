package sqlitestore

import (
	"context"

	"stockroom/pkg/sqlite"
	"stockroom/services/auth"
)

// Vault keeps the root of all secrets.
type Vault struct {
	db *sqlite.DB
}

var _ auth.Vault = (*Vault)(nil)

// NewVault returns the vault in db.
func NewVault(db *sqlite.DB) *Vault {
	return &Vault{db}
}

// Keep implements [auth.Vault].
func (s *Vault) Keep(ctx context.Context, sealed []byte) (kept []byte, err error) {
	_, err = s.db.Write.ExecContext(ctx, `insert into vault (single, sealed) values (1, ?) on conflict do nothing`, sealed)
	if err != nil {
		return nil, sqlite.Failed(err, "fill vault")
	}
	if err := s.db.Read.QueryRowContext(ctx, `select sealed from vault`).Scan(&kept); err != nil {
		return nil, sqlite.Failed(err, "read vault")
	}
	return kept, nil
}

// Replace implements [auth.Vault].
func (s *Vault) Replace(ctx context.Context, old, sealed []byte) error {
	_, err := s.db.Write.ExecContext(ctx, `update vault set sealed = ? where sealed = ?`, sealed, old)
	if err != nil {
		return sqlite.Failed(err, "fill vault again")
	}
	return nil
}
