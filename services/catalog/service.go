package catalog

import (
	"context"
	"fmt"
	"time"
)

// Service is what can be done with the catalog.
type Service struct {
	store Store
	now   func() time.Time
	newID func() ProductID
}

// NewService returns a service on store. The time and new ids come from now
// and newID.
func NewService(store Store, now func() time.Time, newID func() ProductID) *Service {
	return &Service{store: store, now: now, newID: newID}
}

// Product returns a product and the sequence number as of which it is true,
// which also comes with ErrProductNotFound.
func (s *Service) Product(ctx context.Context, id ProductID) (Product, int64, error) {
	return s.store.Product(ctx, id)
}

// Products returns a page of products.
func (s *Service) Products(ctx context.Context, q Query) (Page, error) {
	if err := q.Validate(); err != nil {
		return Page{}, err
	}
	return s.store.Products(ctx, q)
}

// Create adds a product to the catalog.
func (s *Service) Create(ctx context.Context, d Draft, by AccountID) (Product, Commit, error) {
	p, err := d.product(s.newID(), s.time())
	if err != nil {
		return Product{}, Commit{}, err
	}
	return s.store.Create(ctx, p, by)
}

// MaxImport is the most products that are imported in one commit.
const MaxImport = 1000

// Import adds up to MaxImport products in one commit, leaving out those whose
// SKU is in use, so that an interrupted import can be repeated. It returns how
// many were added. One draft that breaks a rule fails them all.
func (s *Service) Import(ctx context.Context, drafts []Draft, by AccountID) (int, Commit, error) {
	if len(drafts) > MaxImport {
		return 0, Commit{}, fmt.Errorf("import of %d products: at most %d at a time", len(drafts), MaxImport)
	}
	now := s.time()
	products := make([]Product, len(drafts))
	for i, d := range drafts {
		p, err := d.product(s.newID(), now)
		if err != nil {
			return 0, Commit{}, fmt.Errorf("import product %d: %w", i, err)
		}
		products[i] = p
	}
	return s.store.CreateMany(ctx, products, by)
}

// Update changes a product that has one of the expected versions. Changes that
// change nothing are no commit: version and times stay.
func (s *Service) Update(ctx context.Context, id ProductID, c Changes, expected Versions, by AccountID) (Product, Commit, error) {
	if err := c.Validate(); err != nil {
		return Product{}, Commit{}, err
	}
	c, now := c.trimmed(), s.time()
	return s.store.Update(ctx, id, func(p *Product) error {
		if err := expected.check(*p); err != nil {
			return err
		}
		if p.change(c) {
			p.UpdatedAt = now
		}
		return nil
	}, by)
}

// Delete takes a product that has one of the expected versions out of the
// catalog.
func (s *Service) Delete(ctx context.Context, id ProductID, expected Versions, by AccountID) (Commit, error) {
	return s.store.Delete(ctx, id, s.time(), expected.check, by)
}

// time returns the current time as precisely as every store can keep it.
func (s *Service) time() time.Time { return s.now().UTC().Truncate(time.Microsecond) }
