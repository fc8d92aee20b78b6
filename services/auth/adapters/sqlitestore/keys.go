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
		insert into signing_keys (number, id, public, sealed, created_at) values (?, ?, ?, ?, ?)`,
		k.Number, k.ID, []byte(k.Public), k.Sealed, format(k.CreatedAt))
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
		select number, id, public, sealed, created_at from signing_keys order by number`)
	if err != nil {
		return nil, sqlite.Failed(err, "list signing keys")
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		var (
			k      auth.Key
			public []byte
		)
		if err := rows.Scan(&k.Number, &k.ID, &public, &k.Sealed, instant{&k.CreatedAt}); err != nil {
			return nil, sqlite.Failed(err, "list signing keys")
		}
		k.Public = public
		keys = append(keys, k)
	}
	return keys, rows.Err()
}
