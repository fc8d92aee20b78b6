package catalog

import (
	"context"
	"time"
)

// Commit is a place in the order of all commits to the catalog. Sequence
// numbers have no gaps; an epoch ends when the database is restored.
type Commit struct {
	Epoch int64
	Seq   int64
}

// Store keeps products, and a log of the commits to them. Every implementation
// passes catalogtest.TestStore.
//
// Every write is one commit: the next sequence number, given as version to all
// products that it touches, and one row in the log, all or nothing. Reads say
// as of which commit they are true, and see all commits up to it. Everything
// fails with [errs.ErrUnavailable] while the database is away or too busy; a
// write may have been made all the same.
type Store interface {
	// Create adds p. It fails with ErrSKUTaken if a product has the SKU.
	Create(ctx context.Context, p Product, by AccountID) (Product, Commit, error)

	// CreateMany adds in one commit those of ps whose SKU is free, the first of
	// several with the same one, and returns how many. If there is none,
	// nothing is committed and the commit is the latest.
	CreateMany(ctx context.Context, ps []Product, by AccountID) (int, Commit, error)

	// Adopt adds products that come from elsewhere, deleted ones too, in one
	// commit. Of each it tells what became of it: nil if it was added, ErrKnown if
	// there is or was a product with its id, else ErrSKUTaken; of several with the
	// same SKU the first gets it. If none is added, nothing is committed. A
	// rehearsal commits nothing and answers as if it did.
	Adopt(ctx context.Context, ps []Adoptee, rehearse bool) ([]error, error)

	// Update applies change to a product in one transaction and returns the
	// result. It fails with ErrProductNotFound if there is no such product, and
	// with ErrSKUTaken if another has the new SKU. If change fails, nothing is
	// stored and its error is returned. If change leaves the product as it was,
	// nothing is committed and the commit is the latest. Implementations may
	// call change more than once.
	Update(ctx context.Context, id ProductID, change func(*Product) error, by AccountID) (Product, Commit, error)

	// Delete takes a product away if allow agrees; otherwise nothing happens and
	// allow's error is returned. It fails with ErrProductNotFound if there is no
	// such product, which a deleted one no longer is. Its SKU is free again.
	Delete(ctx context.Context, id ProductID, at time.Time, allow func(Product) error, by AccountID) (Commit, error)

	// Product returns a product and the sequence number as of which it is true,
	// which also comes with ErrProductNotFound.
	Product(ctx context.Context, id ProductID) (p Product, asOf int64, err error)

	// Products returns a page of the products that pass the filter, and how many
	// do. A page behind the last is empty.
	Products(ctx context.Context, q Query) (Page, error)
}
