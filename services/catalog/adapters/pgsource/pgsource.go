// Package pgsource reads the products of another system, from a table products
// in its PostgreSQL database.
package pgsource

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype/zeronull"

	"stockroom/pkg/importing"
	"stockroom/services/catalog"
)

// Products returns how to read them: the oldest first, so that of several that
// want the same SKU here the oldest gets it.
func Products() importing.Table[catalog.Foreign] {
	return importing.Table[catalog.Foreign]{
		Name: "products",
		Query: `
			select id::text, row_number() over (partition by lower(id::text) order by id::text) > 1,
				name::text, description::text, category::text, sku::text, price::text, stock::bigint, is_deleted,
				created_at::timestamp, updated_at::timestamp
			from products
			order by created_at, id`,
		Scan: scan,
		ID:   func(f catalog.Foreign) string { return f.ID },
	}
}

func scan(row pgx.CollectableRow) (f catalog.Foreign, err error) {
	err = row.Scan((*zeronull.Text)(&f.ID), &f.Twin, (*zeronull.Text)(&f.Name), (*zeronull.Text)(&f.Description),
		(*zeronull.Text)(&f.Category), (*zeronull.Text)(&f.SKU), (*zeronull.Text)(&f.Price), &f.Stock, &f.IsDeleted,
		importing.Time{Into: &f.CreatedAt}, importing.Time{Into: &f.UpdatedAt})
	return f, err
}
