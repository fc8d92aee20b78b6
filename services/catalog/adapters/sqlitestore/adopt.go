package sqlitestore

import (
	"context"
	"database/sql"
	"errors"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/sqlite"
	"stockroom/services/catalog"
)

// Adopt implements [catalog.Store].
func (s *Store) Adopt(ctx context.Context, ps []catalog.Adoptee, rehearse bool) (results []error, err error) {
	_, err = s.log.Write(ctx, func(ctx context.Context, tx *sql.Tx, seq int64) (commitlog.Entry, error) {
		var ids []string
		if results, ids, err = adopt(ctx, tx, ps, seq); err != nil {
			return commitlog.Entry{}, err
		}
		if rehearse || len(ids) == 0 {
			return commitlog.Entry{}, errUnchanged
		}
		return entry(catalog.KindCreated, "", ids...), nil
	})
	if err != nil && !errors.Is(err, errUnchanged) {
		return nil, sqlite.Failed(err, "adopt %d products", len(ps))
	}
	return results, nil
}

// adopt inserts those that can be, returns their ids, and tells of each why it
// was not.
func adopt(ctx context.Context, tx *sql.Tx, ps []catalog.Adoptee, seq int64) (results []error, ids []string, err error) {
	insert, err := tx.PrepareContext(ctx, `
		insert into products (id, name, description, category, sku, price, stock, created_at, updated_at, deleted_at, search_name, search, version)
		values (?, ?, nullif(?, ''), nullif(?, ''), ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict do nothing`)
	if err != nil {
		return nil, nil, err
	}
	defer insert.Close() //nolint:errcheck // the transaction closes it too

	results = make([]error, len(ps))
	for i, p := range ps {
		deletedAt := sql.NullString{String: sqlite.FormatTime(p.DeletedAt), Valid: !p.DeletedAt.IsZero()}
		result, err := insert.ExecContext(ctx, string(p.ID), p.Name, p.Description, p.Category, string(p.SKU), int64(p.Price), p.Stock,
			sqlite.FormatTime(p.CreatedAt), sqlite.FormatTime(p.UpdatedAt), deletedAt, p.SearchName(), p.SearchText(), seq)
		if err != nil {
			return nil, nil, err
		}
		added, err := result.RowsAffected()
		if err != nil {
			return nil, nil, err
		}
		if added > 0 {
			ids = append(ids, string(p.ID))
		} else if results[i], err = conflict(ctx, tx, p.ID); err != nil {
			return nil, nil, err
		}
	}
	return results, ids, nil
}

// conflict returns why a product could not be inserted.
func conflict(ctx context.Context, tx *sql.Tx, id catalog.ProductID) (why, err error) {
	var known bool
	if err := tx.QueryRowContext(ctx, `select exists (select 1 from products where id = ?)`, string(id)).Scan(&known); err != nil {
		return nil, err
	}
	if known {
		return catalog.ErrKnown, nil
	}
	return catalog.ErrSKUTaken, nil
}
