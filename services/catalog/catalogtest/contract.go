package catalogtest

import (
	"context"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/catalog"
)

// Opened is an empty store under test, and its log.
type Opened struct {
	Store catalog.Store
	Log   func(t *testing.T, after int64) []Commit
}

// TestStore is the contract of [catalog.Store]. Every implementation runs it;
// open returns a new one for every case.
func TestStore(t *testing.T, open func(t *testing.T) Opened) {
	t.Helper()

	cases := map[string]func(*testing.T, bundle){}
	for _, some := range []map[string]func(*testing.T, bundle){
		writes(), imports(), adoptions(), refusals(), concurrency(), filters(), texts(), pages(),
	} {
		maps.Copy(cases, some)
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			o := open(t)
			test(t, bundle{o.Store, o.Log})
		})
	}
}

// bundle is what a case works with.
type bundle struct {
	catalog.Store
	log func(t *testing.T, after int64) []Commit
}

const actor catalog.AccountID = "00000000-0000-7000-8000-00000000ac70"

// start is the time of the first product; it has microseconds, which every
// store has to keep.
var start = time.Date(2026, 3, 29, 1, 30, 0, 123456000, time.UTC)

// product returns a valid product; no two numbers have anything unique in common.
func product(n int) catalog.Product {
	at := start.Add(time.Duration(n) * time.Second)
	return catalog.Product{
		ID:   catalog.ProductID(fmt.Sprintf("00000000-0000-7000-8000-%012x", n)),
		Name: fmt.Sprintf("Product %d", n), Description: "As described", Category: "Things",
		SKU: catalog.SKU(fmt.Sprintf("SKU-%d", n)), Price: 1999, Stock: 7,
		CreatedAt: at, UpdatedAt: at,
	}
}

// create adds p after edits and returns it as it was stored.
func (b bundle) create(t *testing.T, p catalog.Product, edits ...func(*catalog.Product)) catalog.Product {
	t.Helper()

	for _, edit := range edits {
		edit(&p)
	}
	stored, _, err := b.Create(t.Context(), p, actor)
	require.NoError(t, err)
	return stored
}

// found returns a product that must exist.
func (b bundle) found(t *testing.T, id catalog.ProductID) catalog.Product {
	t.Helper()

	p, _, err := b.Product(t.Context(), id)
	require.NoError(t, err)
	return p
}

// list returns the first page of all products that pass f, oldest first.
func (b bundle) list(t *testing.T, f catalog.Filter) catalog.Page {
	t.Helper()

	page, err := b.Products(t.Context(), catalog.Query{
		Filter: f, Sort: catalog.Sort{By: catalog.ByCreatedAt}, Page: 1, Size: catalog.MaxPageSize,
	})
	require.NoError(t, err)
	return page
}

// head returns the latest sequence number as readers see it.
func (b bundle) head(t *testing.T) int64 {
	t.Helper()

	return b.list(t, catalog.Filter{}).AsOf
}

func (b bundle) delete(ctx context.Context, id catalog.ProductID) (catalog.Commit, error) {
	return b.Delete(ctx, id, start.Add(time.Hour), allow, actor)
}

func allow(catalog.Product) error { return nil }

func ids(products []catalog.Product) []string {
	all := make([]string, len(products))
	for i, p := range products {
		all[i] = string(p.ID)
	}
	return all
}
