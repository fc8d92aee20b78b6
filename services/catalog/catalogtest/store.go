// Package catalogtest holds the contract of the catalog's ports ([TestStore])
// and a store in memory that keeps it ([Store]).
package catalogtest

import (
	"context"
	"slices"
	"sync"
	"time"

	"stockroom/services/catalog"
)

// Epoch is that of every store under test.
const Epoch = 1

// LogLimit is the most rows that the contract reads of a log at once.
const LogLimit = 1000

// Commit is one row of a store's log.
type Commit struct {
	Seq   int64
	IDs   []string
	Lists bool
	Kind  string
}

// Store keeps products in memory.
type Store struct {
	// OnCommit, if set before the store is used, is called after every commit
	// and before the write that made it returns.
	OnCommit func(ctx context.Context, c Commit)

	mu       sync.RWMutex
	products map[catalog.ProductID]catalog.Product // a deleted product is absent
	deleted  map[catalog.ProductID]bool
	log      []Commit
}

var _ catalog.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store {
	return &Store{products: make(map[catalog.ProductID]catalog.Product), deleted: make(map[catalog.ProductID]bool)}
}

// Log returns every commit after a sequence number, oldest first.
func (s *Store) Log(after int64) []Commit {
	s.mu.RLock()
	defer s.mu.RUnlock()

	return slices.Clone(s.log[min(int(after), len(s.log)):])
}

// Create implements [catalog.Store].
func (s *Store) Create(ctx context.Context, p catalog.Product, _ catalog.AccountID) (catalog.Product, catalog.Commit, error) {
	err := s.write(ctx, catalog.KindCreated, func(seq int64) ([]catalog.Product, error) {
		if s.taken(p.SKU, "") {
			return nil, catalog.SKUTaken(p.SKU)
		}
		p.Version = seq
		return []catalog.Product{p}, nil
	})
	if err != nil {
		return catalog.Product{}, catalog.Commit{}, err
	}
	return p, catalog.Commit{Epoch: Epoch, Seq: p.Version}, nil
}

// CreateMany implements [catalog.Store].
func (s *Store) CreateMany(ctx context.Context, ps []catalog.Product, _ catalog.AccountID) (int, catalog.Commit, error) {
	var created int
	var at int64
	err := s.write(ctx, catalog.KindCreated, func(seq int64) ([]catalog.Product, error) {
		var free []catalog.Product
		for _, p := range ps {
			sameSKU := func(o catalog.Product) bool { return o.SKU == p.SKU }
			if s.taken(p.SKU, "") || slices.ContainsFunc(free, sameSKU) {
				continue
			}
			p.Version = seq
			free = append(free, p)
		}
		created, at = len(free), seq
		if created == 0 {
			at--
		}
		return free, nil
	})
	return created, catalog.Commit{Epoch: Epoch, Seq: at}, err
}

// Update implements [catalog.Store].
func (s *Store) Update(ctx context.Context, id catalog.ProductID, change func(*catalog.Product) error, _ catalog.AccountID) (catalog.Product, catalog.Commit, error) {
	var p catalog.Product
	var at int64
	err := s.write(ctx, catalog.KindUpdated, func(seq int64) ([]catalog.Product, error) {
		old, ok := s.products[id]
		if !ok {
			return nil, catalog.ErrProductNotFound
		}
		p, at = old, seq-1
		if err := change(&p); err != nil || p == old {
			return nil, err
		}
		if s.taken(p.SKU, id) {
			return nil, catalog.SKUTaken(p.SKU)
		}
		p.Version, at = seq, seq
		return []catalog.Product{p}, nil
	})
	if err != nil {
		return catalog.Product{}, catalog.Commit{}, err
	}
	return p, catalog.Commit{Epoch: Epoch, Seq: at}, nil
}

// Delete implements [catalog.Store].
func (s *Store) Delete(ctx context.Context, id catalog.ProductID, _ time.Time, allow func(catalog.Product) error, _ catalog.AccountID) (catalog.Commit, error) {
	var at int64
	err := s.write(ctx, catalog.KindDeleted, func(seq int64) ([]catalog.Product, error) {
		p, ok := s.products[id]
		if !ok {
			return nil, catalog.ErrProductNotFound
		}
		at = seq
		return []catalog.Product{p}, allow(p)
	})
	if err != nil {
		return catalog.Commit{}, err
	}
	return catalog.Commit{Epoch: Epoch, Seq: at}, nil
}

// write commits the products that decide returns, if any.
func (s *Store) write(ctx context.Context, kind string, decide func(seq int64) ([]catalog.Product, error)) error {
	c, err := s.commit(kind, decide)
	if err == nil && c.Seq > 0 && s.OnCommit != nil {
		s.OnCommit(ctx, c)
	}
	return err
}

func (s *Store) commit(kind string, decide func(seq int64) ([]catalog.Product, error)) (Commit, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	c := Commit{Seq: int64(len(s.log)) + 1, Lists: true, Kind: kind}
	products, err := decide(c.Seq)
	if err != nil || len(products) == 0 {
		return Commit{}, err
	}
	for _, p := range products {
		c.IDs = append(c.IDs, string(p.ID))
		if kind == catalog.KindDeleted {
			delete(s.products, p.ID)
			s.deleted[p.ID] = true
			continue
		}
		s.products[p.ID] = p
	}
	s.log = append(s.log, c)
	return c, nil
}

func (s *Store) taken(sku catalog.SKU, by catalog.ProductID) bool {
	for id, p := range s.products {
		if p.SKU == sku && id != by {
			return true
		}
	}
	return false
}
