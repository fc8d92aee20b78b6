package sqlitestore

import (
	"context"
	"database/sql"
	"errors"

	"stockroom/pkg/sqlite"
	"stockroom/services/catalog"
)

// columns of a product, or of none where a join found none.
const columns = `coalesce(p.id, ''), coalesce(p.name, ''), coalesce(p.description, ''), coalesce(p.category, ''),
	coalesce(p.sku, ''), coalesce(p.price, 0), coalesce(p.stock, 0),
	coalesce(p.created_at, ''), coalesce(p.updated_at, ''), coalesce(p.version, 0)`

// scan reads columns behind others. A product that is none has an empty id.
func scan(row interface{ Scan(dest ...any) error }, p *catalog.Product, others ...any) error {
	var created, updated string
	err := row.Scan(append(others, &p.ID, &p.Name, &p.Description, &p.Category,
		&p.SKU, &p.Price, &p.Stock, &created, &updated, &p.Version)...)
	if err != nil || p.ID == "" {
		return err
	}
	if p.CreatedAt, err = sqlite.ParseTime(created); err != nil {
		return err
	}
	p.UpdatedAt, err = sqlite.ParseTime(updated)
	return err
}

// find returns a product inside a transaction.
func find(ctx context.Context, tx *sql.Tx, id catalog.ProductID) (p catalog.Product, err error) {
	row := tx.QueryRowContext(ctx, `select `+columns+` from products p where p.id = ? and p.deleted_at is null`, string(id))
	if err = scan(row, &p); errors.Is(err, sql.ErrNoRows) {
		return catalog.Product{}, catalog.ErrProductNotFound
	}
	return p, err
}

// Product implements [catalog.Store]. The product and the head come from one
// statement, hence from one snapshot.
func (s *Store) Product(ctx context.Context, id catalog.ProductID) (p catalog.Product, asOf int64, err error) {
	row := s.db.Read.QueryRowContext(ctx, `
		select h.seq, `+columns+`
		from commit_head h left join products p on p.id = ? and p.deleted_at is null`, string(id))
	if err := scan(row, &p, &asOf); err != nil {
		return catalog.Product{}, 0, sqlite.Failed(err, "read product %s", id)
	}
	if p.ID == "" {
		return catalog.Product{}, asOf, catalog.ErrProductNotFound
	}
	return p, asOf, nil
}

// Products implements [catalog.Store]. Head, total and products come from one
// statement, hence from one snapshot.
func (s *Store) Products(ctx context.Context, q catalog.Query) (page catalog.Page, err error) {
	query, args := list(q)
	rows, err := s.db.Read.QueryContext(ctx, query, args...)
	if err != nil {
		return catalog.Page{}, sqlite.Failed(err, "list products")
	}
	defer rows.Close() //nolint:errcheck // rows.Err has told everything

	for rows.Next() {
		var p catalog.Product
		if err := scan(rows, &p, &page.Epoch, &page.AsOf, &page.Total); err != nil {
			return catalog.Page{}, sqlite.Failed(err, "list products")
		}
		if p.ID != "" {
			page.Items = append(page.Items, p)
		}
	}
	if err := rows.Err(); err != nil {
		return catalog.Page{}, sqlite.Failed(err, "list products")
	}
	return page, nil
}
