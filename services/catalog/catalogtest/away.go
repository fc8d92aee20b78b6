package catalogtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/services/catalog"
)

// TestAway checks that everything fails as it must with a store whose database
// is away.
func TestAway(t *testing.T, s catalog.Store) {
	t.Helper()

	const id = catalog.ProductID("00000000-0000-7000-8000-000000000001")
	ctx, p := t.Context(), catalog.Product{ID: id, Name: "n", SKU: "s"}
	_, _, create := s.Create(ctx, p, "")
	_, _, createMany := s.CreateMany(ctx, []catalog.Product{p}, "")
	_, _, update := s.Update(ctx, id, func(*catalog.Product) error { return nil }, "")
	_, remove := s.Delete(ctx, id, time.Now(), func(catalog.Product) error { return nil }, "")
	_, _, product := s.Product(ctx, id)
	_, products := s.Products(ctx, catalog.Query{Sort: catalog.Sort{By: catalog.ByName}, Page: 1, Size: 1})
	for what, err := range map[string]error{
		"Create": create, "CreateMany": createMany, "Update": update, "Delete": remove, "Product": product, "Products": products,
	} {
		require.ErrorIs(t, err, errs.ErrUnavailable, what)
	}
}
