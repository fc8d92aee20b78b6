package sqlitestore

import (
	"context"

	"stockroom/pkg/sqlite"
	"stockroom/services/auth"
)

// Keys keeps signing keys.
type Keys struct {
	db *sqlite.DB
}

var _ auth.Keys = (*Keys)(nil)

// NewKeys returns the keys in db.
func NewKeys(db *sqlite.DB) *Keys {
	return &Keys{db}
}

// Add implements [auth.Keys].
func (s *Keys) Add(ctx context.Context, k auth.Key) error {
	_, err := s.db.Write.ExecContext(ctx, `
		insert into signing_keys (number, id, public, sealed, created_at, signs_from) values (?, ?, ?, ?, ?, ?)`,
		k.Number, k.ID, []byte(k.Public), k.Sealed, format(k.CreatedAt), format(k.SignsFrom))
	if sqlite.IsUnique(err, "signing_keys.number") {
		return auth.ErrKeyTaken
	}
	if err != nil {
		return sqlite.Failed(err, "add signing key %d", k.Number)
	}
	return nil
}

// Keys implements [auth.Keys].
func (s *Keys) Keys(ctx context.Context) (keys []auth.Key, err error) {
	rows, err := s.db.Read.QueryContext(ctx, `
		select number, id, public, sealed, created_at, coalesce(signs_from, created_at) from signing_keys order by number`)
	if err != nil {
		return nil, sqlite.Failed(err, "list signing keys")
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		var (
			k      auth.Key
			public []byte
		)
		if err := rows.Scan(&k.Number, &k.ID, &public, &k.Sealed, instant{&k.CreatedAt}, instant{&k.SignsFrom}); err != nil {
			return nil, sqlite.Failed(err, "list signing keys")
		}
		k.Public = public
		keys = append(keys, k)
	}
	return keys, rows.Err()
}

// Reseal implements [auth.Keys].
func (s *Keys) Reseal(ctx context.Context, number int, old, sealed []byte) error {
	_, err := s.db.Write.ExecContext(ctx, `update signing_keys set sealed = ? where number = ? and sealed = ?`, sealed, number, old)
	if err != nil {
		return sqlite.Failed(err, "seal signing key %d again", number)
	}
	return nil
}

// Remove implements [auth.Keys].
func (s *Keys) Remove(ctx context.Context, number int) error {
	if _, err := s.db.Write.ExecContext(ctx, `delete from signing_keys where number = ?`, number); err != nil {
		return sqlite.Failed(err, "remove signing key %d", number)
	}
	return nil
}
