// Package sqlitestore keeps products in SQLite.
package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/sqlitelog"
	"stockroom/pkg/sqlite"
	"stockroom/services/catalog"
)

// Store keeps products in SQLite.
type Store struct {
	db  *sqlite.DB
	log *sqlitelog.Log
}

var _ catalog.Store = (*Store)(nil)

// New returns a store on db, which has the schema of [Migrations]. Every write
// is a commit of log, which is in the same file.
func New(db *sqlite.DB, log *sqlitelog.Log) *Store {
	return &Store{db: db, log: log}
}

// errUnchanged rolls back a write that turned out to change nothing.
var errUnchanged = errors.New("nothing to change")

// Create implements [catalog.Store].
func (s *Store) Create(ctx context.Context, p catalog.Product, by catalog.AccountID) (catalog.Product, catalog.Commit, error) {
	event, err := s.log.Write(ctx, func(ctx context.Context, tx *sql.Tx, seq int64) (commitlog.Entry, error) {
		p.Version = seq
		ids, err := insert(ctx, tx, []catalog.Product{p}, seq)
		if err == nil && len(ids) == 0 {
			err = catalog.SKUTaken(p.SKU)
		}
		return entry(catalog.KindCreated, by, ids...), err
	})
	if err != nil {
		return catalog.Product{}, catalog.Commit{}, sqlite.Failed(err, "create product")
	}
	return p, commit(event), nil
}

// CreateMany implements [catalog.Store].
func (s *Store) CreateMany(ctx context.Context, ps []catalog.Product, by catalog.AccountID) (int, catalog.Commit, error) {
	var ids []string
	var latest catalog.Commit
	event, err := s.log.Write(ctx, func(ctx context.Context, tx *sql.Tx, seq int64) (_ commitlog.Entry, err error) {
		if ids, err = insert(ctx, tx, ps, seq); err == nil && len(ids) == 0 {
			latest, err = unchanged(ctx, tx)
		}
		return entry(catalog.KindCreated, by, ids...), err
	})
	switch {
	case errors.Is(err, errUnchanged):
		return 0, latest, nil
	case err != nil:
		return 0, catalog.Commit{}, sqlite.Failed(err, "create products")
	}
	return len(ids), commit(event), nil
}

// Update implements [catalog.Store].
func (s *Store) Update(ctx context.Context, id catalog.ProductID, change func(*catalog.Product) error, by catalog.AccountID) (catalog.Product, catalog.Commit, error) {
	var p catalog.Product
	var latest catalog.Commit
	event, err := s.log.Write(ctx, func(ctx context.Context, tx *sql.Tx, seq int64) (_ commitlog.Entry, err error) {
		if p, err = find(ctx, tx, id); err != nil {
			return commitlog.Entry{}, err
		}
		old := p
		if err = change(&p); err != nil {
			return commitlog.Entry{}, err
		}
		if p == old {
			latest, err = unchanged(ctx, tx)
			return commitlog.Entry{}, err
		}
		p.Version = seq
		return entry(catalog.KindUpdated, by, string(id)), update(ctx, tx, p)
	})
	switch {
	case errors.Is(err, errUnchanged):
		return p, latest, nil
	case err != nil:
		return catalog.Product{}, catalog.Commit{}, sqlite.Failed(err, "update product %s", id)
	}
	return p, commit(event), nil
}

// Delete implements [catalog.Store].
func (s *Store) Delete(ctx context.Context, id catalog.ProductID, at time.Time, allow func(catalog.Product) error, by catalog.AccountID) (catalog.Commit, error) {
	event, err := s.log.Write(ctx, func(ctx context.Context, tx *sql.Tx, seq int64) (commitlog.Entry, error) {
		p, err := find(ctx, tx, id)
		if err == nil {
			err = allow(p)
		}
		if err != nil {
			return commitlog.Entry{}, err
		}
		_, err = tx.ExecContext(ctx, `update products set deleted_at = ?2, updated_at = ?2, version = ?3 where id = ?1`,
			string(id), sqlite.FormatTime(at), seq)
		return entry(catalog.KindDeleted, by, string(id)), err
	})
	if err != nil {
		return catalog.Commit{}, sqlite.Failed(err, "delete product %s", id)
	}
	return commit(event), nil
}

// insert adds those of ps whose SKU is free and returns their ids.
func insert(ctx context.Context, tx *sql.Tx, ps []catalog.Product, seq int64) ([]string, error) {
	stmt, err := tx.PrepareContext(ctx, `
		insert into products (id, name, description, category, sku, price, stock, created_at, updated_at, search_name, search, version)
		values (?, ?, nullif(?, ''), nullif(?, ''), ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (sku) where deleted_at is null do nothing`)
	if err != nil {
		return nil, err
	}
	defer stmt.Close() //nolint:errcheck // the transaction closes it too

	var ids []string
	for _, p := range ps {
		result, err := stmt.ExecContext(ctx, string(p.ID), p.Name, p.Description, p.Category, string(p.SKU), int64(p.Price), p.Stock,
			sqlite.FormatTime(p.CreatedAt), sqlite.FormatTime(p.UpdatedAt), p.SearchName(), p.SearchText(), seq)
		if err != nil {
			return nil, err
		}
		added, err := result.RowsAffected()
		if err != nil {
			return nil, err
		}
		if added > 0 {
			ids = append(ids, string(p.ID))
		}
	}
	return ids, nil
}

func update(ctx context.Context, tx *sql.Tx, p catalog.Product) error {
	_, err := tx.ExecContext(ctx, `
		update products
		set name = ?2, description = nullif(?3, ''), category = nullif(?4, ''), sku = ?5, price = ?6, stock = ?7,
			updated_at = ?8, search_name = ?9, search = ?10, version = ?11
		where id = ?1`,
		string(p.ID), p.Name, p.Description, p.Category, string(p.SKU), int64(p.Price), p.Stock,
		sqlite.FormatTime(p.UpdatedAt), p.SearchName(), p.SearchText(), p.Version)
	if sqlite.IsUnique(err, "products.sku") {
		return catalog.SKUTaken(p.SKU)
	}
	return err
}

// unchanged returns the commit before the one that is given up, and errUnchanged.
func unchanged(ctx context.Context, tx *sql.Tx) (c catalog.Commit, err error) {
	if err = tx.QueryRowContext(ctx, `select epoch, seq - 1 from commit_head`).Scan(&c.Epoch, &c.Seq); err != nil {
		return catalog.Commit{}, err
	}
	return c, errUnchanged
}

func entry(kind string, by catalog.AccountID, ids ...string) commitlog.Entry {
	return commitlog.Entry{IDs: ids, Lists: true, Kind: kind, Actor: string(by)}
}

func commit(e commitlog.Event) catalog.Commit { return catalog.Commit{Epoch: e.Epoch, Seq: e.Seq} }
