// Package pgstore keeps products in PostgreSQL.
package pgstore

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/pglog"
	"stockroom/pkg/postgres"
	"stockroom/services/catalog"
)

// Store keeps products in PostgreSQL.
type Store struct {
	pool *pgxpool.Pool
	log  *pglog.Log
}

var _ catalog.Store = (*Store)(nil)

// New returns a store on pool, which has the schema of [Migrations]. Every
// write is a commit of log, which is in the same schema.
func New(pool *pgxpool.Pool, log *pglog.Log) *Store {
	return &Store{pool: pool, log: log}
}

// errUnchanged rolls back a write that turned out to change nothing.
var errUnchanged = errors.New("nothing to change")

// Create implements [catalog.Store].
func (s *Store) Create(ctx context.Context, p catalog.Product, by catalog.AccountID) (catalog.Product, catalog.Commit, error) {
	event, err := s.log.Write(ctx, func(ctx context.Context, tx pgx.Tx, seq int64) (commitlog.Entry, error) {
		p.Version = seq
		ids, err := insert(ctx, tx, []catalog.Product{p}, seq)
		if err == nil && len(ids) == 0 {
			err = catalog.SKUTaken(p.SKU)
		}
		return entry(catalog.KindCreated, by, ids...), err
	})
	if err != nil {
		return catalog.Product{}, catalog.Commit{}, postgres.Failed(err, "create product")
	}
	return p, commit(event), nil
}

// CreateMany implements [catalog.Store].
func (s *Store) CreateMany(ctx context.Context, ps []catalog.Product, by catalog.AccountID) (int, catalog.Commit, error) {
	var ids []string
	var latest catalog.Commit
	event, err := s.log.Write(ctx, func(ctx context.Context, tx pgx.Tx, seq int64) (_ commitlog.Entry, err error) {
		if ids, err = insert(ctx, tx, ps, seq); err == nil && len(ids) == 0 {
			latest, err = unchanged(ctx, tx)
		}
		return entry(catalog.KindCreated, by, ids...), err
	})
	switch {
	case errors.Is(err, errUnchanged):
		return 0, latest, nil
	case err != nil:
		return 0, catalog.Commit{}, postgres.Failed(err, "create products")
	}
	return len(ids), commit(event), nil
}

// Update implements [catalog.Store].
func (s *Store) Update(ctx context.Context, id catalog.ProductID, change func(*catalog.Product) error, by catalog.AccountID) (catalog.Product, catalog.Commit, error) {
	var p catalog.Product
	var latest catalog.Commit
	event, err := s.log.Write(ctx, func(ctx context.Context, tx pgx.Tx, seq int64) (_ commitlog.Entry, err error) {
		// The head is locked, so nobody else changes the row.
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
		return catalog.Product{}, catalog.Commit{}, postgres.Failed(err, "update product %s", id)
	}
	return p, commit(event), nil
}

// Delete implements [catalog.Store].
func (s *Store) Delete(ctx context.Context, id catalog.ProductID, at time.Time, allow func(catalog.Product) error, by catalog.AccountID) (catalog.Commit, error) {
	event, err := s.log.Write(ctx, func(ctx context.Context, tx pgx.Tx, seq int64) (commitlog.Entry, error) {
		p, err := find(ctx, tx, id)
		if err == nil {
			err = allow(p)
		}
		if err != nil {
			return commitlog.Entry{}, err
		}
		_, err = tx.Exec(ctx, `update products set deleted_at = $2, updated_at = $2, version = $3 where id = $1`, string(id), at, seq)
		return entry(catalog.KindDeleted, by, string(id)), err
	})
	if err != nil {
		return catalog.Commit{}, postgres.Failed(err, "delete product %s", id)
	}
	return commit(event), nil
}

// insert adds those of ps whose SKU is free and returns their ids.
func insert(ctx context.Context, tx pgx.Tx, ps []catalog.Product, seq int64) ([]string, error) {
	var ids, names, descriptions, categories, skus, searchNames, searches []string
	var prices, stocks []int64
	var created, updated []time.Time
	for _, p := range ps {
		ids = append(ids, string(p.ID))
		names, searchNames, searches = append(names, p.Name), append(searchNames, p.SearchName()), append(searches, p.SearchText())
		descriptions, categories = append(descriptions, p.Description), append(categories, p.Category)
		skus, prices, stocks = append(skus, string(p.SKU)), append(prices, int64(p.Price)), append(stocks, p.Stock)
		created, updated = append(created, p.CreatedAt), append(updated, p.UpdatedAt)
	}
	rows, err := tx.Query(ctx, `
		insert into products (id, name, description, category, sku, price, stock, created_at, updated_at, search_name, search, version)
		select id::uuid, name, nullif(description, ''), nullif(category, ''), sku, cents * 0.01, stock, created_at, updated_at, search_name, search, $12
		from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
			$8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[])
			as p (id, name, description, category, sku, cents, stock, created_at, updated_at, search_name, search)
		on conflict (sku) where deleted_at is null do nothing
		returning id::text`,
		ids, names, descriptions, categories, skus, prices, stocks, created, updated, searchNames, searches, seq)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func update(ctx context.Context, tx pgx.Tx, p catalog.Product) error {
	_, err := tx.Exec(ctx, `
		update products
		set name = $2, description = nullif($3, ''), category = nullif($4, ''), sku = $5, price = $6::bigint * 0.01, stock = $7,
			updated_at = $8, search_name = $9, search = $10, version = $11
		where id = $1`,
		string(p.ID), p.Name, p.Description, p.Category, string(p.SKU), int64(p.Price), p.Stock,
		p.UpdatedAt, p.SearchName(), p.SearchText(), p.Version)
	if postgres.IsUnique(err, "products_sku") {
		return catalog.SKUTaken(p.SKU)
	}
	return err
}

// unchanged returns the commit before the one that is given up, and errUnchanged.
func unchanged(ctx context.Context, tx pgx.Tx) (c catalog.Commit, err error) {
	if err = tx.QueryRow(ctx, `select epoch, seq - 1 from commit_head`).Scan(&c.Epoch, &c.Seq); err != nil {
		return catalog.Commit{}, err
	}
	return c, errUnchanged
}

func entry(kind string, by catalog.AccountID, ids ...string) commitlog.Entry {
	return commitlog.Entry{IDs: ids, Lists: true, Kind: kind, Actor: string(by)}
}

func commit(e commitlog.Event) catalog.Commit { return catalog.Commit{Epoch: e.Epoch, Seq: e.Seq} }
