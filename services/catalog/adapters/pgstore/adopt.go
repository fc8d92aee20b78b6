package pgstore

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype/zeronull"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/postgres"
	"stockroom/services/catalog"
)

// Adopt implements [catalog.Store].
func (s *Store) Adopt(ctx context.Context, ps []catalog.Adoptee, rehearse bool) (results []error, err error) {
	_, err = s.log.Write(ctx, func(ctx context.Context, tx pgx.Tx, seq int64) (commitlog.Entry, error) {
		if results, err = adopt(ctx, tx, ps, seq); err != nil {
			return commitlog.Entry{}, err
		}
		var ids []string
		for i, p := range ps {
			if results[i] == nil {
				ids = append(ids, string(p.ID))
			}
		}
		if rehearse || len(ids) == 0 {
			return commitlog.Entry{}, errUnchanged
		}
		return entry(catalog.KindCreated, "", ids...), nil
	})
	if err != nil && !errors.Is(err, errUnchanged) {
		return nil, postgres.Failed(err, "adopt %d products", len(ps))
	}
	return results, nil
}

// adopt inserts those that can be, and tells of each why it was not.
func adopt(ctx context.Context, tx pgx.Tx, ps []catalog.Adoptee, seq int64) ([]error, error) {
	results := make([]error, len(ps))
	inserts, looks := new(pgx.Batch), new(pgx.Batch)
	for i, p := range ps {
		inserts.Queue(`
			insert into products (id, name, description, category, sku, price, stock, created_at, updated_at, deleted_at, search_name, search, version)
			values ($1::text::uuid, $2, nullif($3, ''), nullif($4, ''), $5, $6::bigint * 0.01, $7, $8, $9, $10, $11, $12, $13)
			on conflict do nothing`,
			string(p.ID), p.Name, p.Description, p.Category, string(p.SKU), int64(p.Price), p.Stock, p.CreatedAt, p.UpdatedAt,
			zeronull.Timestamptz(p.DeletedAt), p.SearchName(), p.SearchText(), seq).
			Exec(func(tag pgconn.CommandTag) error {
				if tag.RowsAffected() == 0 {
					looks.Queue(`select exists (select from products where id = $1::text::uuid)`, string(p.ID)).
						QueryRow(func(row pgx.Row) (err error) {
							results[i], err = conflict(row)
							return err
						})
				}
				return nil
			})
	}
	if err := tx.SendBatch(ctx, inserts).Close(); err != nil {
		return nil, err
	}
	return results, tx.SendBatch(ctx, looks).Close()
}

// conflict returns why a product could not be inserted. row tells whether there
// is one with its id.
func conflict(row pgx.Row) (why, err error) {
	var known bool
	if err := row.Scan(&known); err != nil {
		return nil, err
	}
	if known {
		return catalog.ErrKnown, nil
	}
	return catalog.ErrSKUTaken, nil
}
