package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/catalog"
)

// A query comes back from its canonical text, whatever somebody looks for, and
// no other text stands for it.
func FuzzQuery(f *testing.F) {
	f.Add("lamp", "Kitchen", "oak", int64(1), int64(10), "price", int64(100), true, "page=1 size=10")
	f.Add("a\" q=\"b", "\xff", "İ\u0000", int64(-1), int64(1<<62), "a b", int64(-1), false, "")
	f.Fuzz(func(t *testing.T, name, category, search string, page, size int64, by string, cents int64, flag bool, text string) {
		q := catalog.Query{
			Filter: catalog.Filter{Name: name, Category: category, Search: search, InStock: flag},
			Sort:   catalog.Sort{By: catalog.SortKey(by), Descending: flag}, Page: page, Size: size,
		}
		if flag {
			q.Filter.MinPrice = new(catalog.Price(cents))
		}
		if q.Validate() == nil {
			back, ok := catalog.ParseQuery(q.Canonical())
			require.True(t, ok, q.Canonical())
			require.Equal(t, q.Canonical(), back.Canonical())
			require.GreaterOrEqual(t, q.Offset(), int64(0))
		}
		if other, ok := catalog.ParseQuery(text); ok {
			require.Equal(t, text, other.Canonical())
		}
	})
}
