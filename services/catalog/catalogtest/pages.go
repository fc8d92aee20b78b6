package catalogtest

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/catalog"
)

func pages() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"PagesShowEachProductOnce": func(t *testing.T, b bundle) {
			all := b.fillWithTies(t)
			for _, by := range []catalog.SortKey{catalog.ByName, catalog.ByPrice, catalog.ByCreatedAt, catalog.ByStock} {
				for _, descending := range []bool{false, true} {
					sort := catalog.Sort{By: by, Descending: descending}
					slices.SortFunc(all, compareBy(sort))
					require.Equal(t, ids(all), ids(b.walk(t, catalog.Query{Sort: sort, Size: 50})), "%+v", sort)

					// All of them an index may bring in order; some have to be sorted.
					some := slices.DeleteFunc(slices.Clone(all), func(p catalog.Product) bool { return p.Category != rare })
					f := catalog.Filter{Category: rare}
					require.Equal(t, ids(some), ids(b.walk(t, catalog.Query{Filter: f, Sort: sort, Size: 7})), "%+v of some", sort)
				}
			}
		},
		"NamesAreOrderedByCodePoint": func(t *testing.T, b bundle) {
			names := []string{"\U00010000", "é", "a", "B", "b", "Z", "_", "-", "a b", "ab", "1", "\uffff"}
			for n, name := range names {
				b.create(t, product(n), func(p *catalog.Product) { p.Name = name })
			}
			slices.Sort(names)
			page, err := b.Products(t.Context(), catalog.Query{Sort: catalog.Sort{By: catalog.ByName}, Page: 1, Size: 100})
			require.NoError(t, err)
			for i, p := range page.Items {
				require.Equal(t, names[i], p.Name)
			}
		},
		"PageBehindTheLastIsEmpty": func(t *testing.T, b bundle) {
			sort := catalog.Sort{By: catalog.ByCreatedAt}
			for _, number := range []int64{1, 2, math.MaxInt64} {
				page, err := b.Products(t.Context(), catalog.Query{Sort: sort, Page: number, Size: 1})
				require.NoError(t, err)
				require.Empty(t, page.Items)
				require.Equal(t, catalog.Page{Items: page.Items, Epoch: Epoch}, page)
			}
			p := b.create(t, product(1))
			for number, want := range map[int64]int{1: 1, 2: 0, math.MaxInt32: 0, math.MaxInt64: 0} {
				for _, size := range []int64{1, catalog.MaxPageSize} {
					page, err := b.Products(t.Context(), catalog.Query{Sort: sort, Page: number, Size: size})
					require.NoError(t, err)
					require.Len(t, page.Items, want, "page %d", number)
					require.Equal(t, int64(1), page.Total)
					require.Equal(t, p.Version, page.AsOf)
				}
			}
		},
	}
}

// rare is the category of a few products of fillWithTies.
const rare = "Rare"

// fillWithTies makes products of which many are equal in every sort key but the id.
func (b bundle) fillWithTies(t *testing.T) []catalog.Product {
	t.Helper()

	all := make([]catalog.Product, 300)
	for n := range all {
		p := product(n * 7919 % 1000) // ids in no order
		p.Name = []string{"Same", "same", "Other"}[n%3]
		if n%7 == 0 {
			p.Category = rare
		}
		p.Price = catalog.Price(n % 2)
		p.Stock = int64(n % 4)
		p.CreatedAt = start.Add(time.Duration(n%5) * time.Microsecond)
		all[n] = p
	}
	n, _, err := b.CreateMany(t.Context(), all, actor)
	require.NoError(t, err)
	require.Equal(t, len(all), n)
	return all
}

// walk reads all pages of q.
func (b bundle) walk(t *testing.T, q catalog.Query) []catalog.Product {
	t.Helper()

	var all []catalog.Product
	for q.Page = 1; ; q.Page++ {
		page, err := b.Products(t.Context(), q)
		require.NoError(t, err)
		if len(page.Items) == 0 {
			require.Equal(t, int64(len(all)), page.Total)
			return all
		}
		all = append(all, page.Items...)
	}
}
