// Package pgsource reads the password hashes of another system, from a table
// users in its PostgreSQL database.
package pgsource

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype/zeronull"

	"stockroom/pkg/importing"
	"stockroom/services/auth"
)

// Credentials returns how to read them.
func Credentials() importing.Table[auth.Foreign] {
	return importing.Table[auth.Foreign]{
		Name: "users",
		Query: `
			select id::text, row_number() over (partition by lower(id::text) order by id::text) > 1,
				hashed_password::text, created_at::timestamp
			from users
			order by created_at, id`,
		Scan: scan,
		ID:   func(f auth.Foreign) string { return f.ID },
	}
}

func scan(row pgx.CollectableRow) (f auth.Foreign, err error) {
	err = row.Scan((*zeronull.Text)(&f.ID), &f.Twin, (*zeronull.Text)(&f.Hash), importing.Time{Into: &f.CreatedAt})
	return f, err
}
