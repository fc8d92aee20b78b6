package pgstore

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"stockroom/pkg/postgres"
	"stockroom/services/catalog"
)

// columns of a product, or of none where a join found none. Cents are whole, so
// the cast is exact.
const columns = `coalesce(p.id::text, ''), coalesce(p.name, ''), coalesce(p.description, ''), coalesce(p.category, ''),
	coalesce(p.sku, ''), coalesce((p.price * 100)::bigint, 0), coalesce(p.stock, 0)::bigint,
	coalesce(p.created_at, 'epoch'), coalesce(p.updated_at, 'epoch'), coalesce(p.version, 0)`

// scan reads columns behind others.
func scan(row pgx.Row, p *catalog.Product, others ...any) error {
	err := row.Scan(append(others, &p.ID, &p.Name, &p.Description, &p.Category,
		&p.SKU, &p.Price, &p.Stock, &p.CreatedAt, &p.UpdatedAt, &p.Version)...)
	p.CreatedAt, p.UpdatedAt = p.CreatedAt.UTC(), p.UpdatedAt.UTC()
	return err
}

// find returns a product inside a transaction.
func find(ctx context.Context, tx pgx.Tx, id catalog.ProductID) (p catalog.Product, err error) {
	row := tx.QueryRow(ctx, `select `+columns+` from products p where p.id = $1 and p.deleted_at is null`, string(id))
	if err = scan(row, &p); errors.Is(err, pgx.ErrNoRows) {
		return catalog.Product{}, catalog.ErrProductNotFound
	}
	return p, err
}

// Product implements [catalog.Store]. The product and the head come from one
// statement, hence from one snapshot.
func (s *Store) Product(ctx context.Context, id catalog.ProductID) (p catalog.Product, asOf int64, err error) {
	row := s.pool.QueryRow(ctx, `
		select h.seq, `+columns+`
		from commit_head h left join products p on p.id = $1 and p.deleted_at is null`, string(id))
	if err := scan(row, &p, &asOf); err != nil {
		return catalog.Product{}, 0, postgres.Failed(err, "read product %s", id)
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
	rows, err := s.pool.Query(ctx, query, args...)
	if err != nil {
		return catalog.Page{}, postgres.Failed(err, "list products")
	}
	defer rows.Close()

	for rows.Next() {
		var p catalog.Product
		if err := scan(rows, &p, &page.Epoch, &page.AsOf, &page.Total); err != nil {
			return catalog.Page{}, postgres.Failed(err, "list products")
		}
		if p.ID != "" {
			page.Items = append(page.Items, p)
		}
	}
	if err := rows.Err(); err != nil {
		return catalog.Page{}, postgres.Failed(err, "list products")
	}
	return page, nil
}
