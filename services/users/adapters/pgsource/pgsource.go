// Package pgsource reads the accounts of another system, from a table users in
// its PostgreSQL database.
package pgsource

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype/zeronull"

	"stockroom/pkg/importing"
	"stockroom/services/users"
)

// Accounts returns how to read them: the oldest first, so that of several that
// want the same name here the oldest gets it.
func Accounts() importing.Table[users.Foreign] {
	return importing.Table[users.Foreign]{
		Name: "users",
		Query: `
			select id::text, row_number() over (partition by lower(id::text) order by id::text) > 1,
				email::text, username::text, role::text, is_active, is_deleted, created_at::timestamp, updated_at::timestamp
			from users
			order by created_at, id`,
		Scan: scan,
		ID:   func(f users.Foreign) string { return f.ID },
	}
}

func scan(row pgx.CollectableRow) (f users.Foreign, err error) {
	err = row.Scan((*zeronull.Text)(&f.ID), &f.Twin, (*zeronull.Text)(&f.Email), (*zeronull.Text)(&f.Username),
		(*zeronull.Text)(&f.Role), &f.IsActive, &f.IsDeleted, importing.Time{Into: &f.CreatedAt}, importing.Time{Into: &f.UpdatedAt})
	return f, err
}
