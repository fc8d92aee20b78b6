package e2e_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// walkShowsEachOnce walks over ten thousand products, of which many are equal in
// what they are sorted by, in every order that there is.
func walkShowsEachOnce(t *testing.T, w *world) {
	const products, size = 10_000, 100
	category, admin := unique("walk"), w.admin(t)
	var made atomic.Int64
	inParallel(8, func(int) bool {
		for n := made.Add(1); n <= products; n = made.Add(1) {
			admin.quick(t, http.MethodPost, productsPath, fields{
				"name": fmt.Sprintf("Walk %d", n%97), "sku": fmt.Sprintf("%s-%d", category, n), "category": category,
				"price": n % 89, "stock": n % 7,
			}, http.StatusCreated)
		}
		return true
	})
	for _, by := range []string{"name", "price", "created_at", "stock"} {
		for _, order := range []string{"asc", "desc"} {
			seen := map[string]bool{}
			for number := 1; number <= products/size; number++ {
				path := fmt.Sprintf("%s?category=%s&sort_by=%s&sort_order=%s&page_size=%d&page=%d", productsPath, category, by, order, size, number)
				res := admin.quick(t, http.MethodGet, path, nil, http.StatusOK)
				p := res.page()
				require.Len(t, p.Items, size)
				require.Equal(t, products, p.Total)
				for _, item := range p.Items {
					require.False(t, seen[item.ID], "%s %s shows %s twice", by, order, item.SKU)
					seen[item.ID] = true
				}
			}
			require.Len(t, seen, products, "%s %s", by, order)
		}
	}
}
