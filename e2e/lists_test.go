package e2e_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

var listChecks = map[string]check{
	"PagesHaveTheirShape":       pagesHaveTheirShape,
	"FiltersNarrow":             filtersNarrow,
	"NameIsLiteralAndFolded":    nameIsLiteralAndFolded,
	"CategoryIsExact":           categoryIsExact,
	"SortsByEachInBothOrders":   sortsByEachInBothOrders,
	"NamesSortByCodePoint":      namesSortByCodePoint,
	"ParametersAreChecked":      parametersAreChecked,
	"EveryQueryHasItsOwnAnswer": everyQueryHasItsOwnAnswer,
}

// listed asks for products by their parameters.
func (w *world) listed(t *testing.T, path string, query url.Values) page {
	t.Helper()
	return w.anyone().get(t, path+"?"+query.Encode()).want(http.StatusOK).page()
}

func pagesHaveTheirShape(t *testing.T, w *world) {
	category := unique("c")
	none := w.listed(t, productsPath, url.Values{"category": {category}})
	require.Equal(t, page{Items: []product{}, Total: 0, Page: 1, PageSize: 10, TotalPages: 1}, none)

	var all []string
	for range 23 {
		all = append(all, w.product(t, fields{"category": category}).SKU)
	}
	slices.Reverse(all) // created last comes first
	var seen []string
	for number := 1; number <= 3; number++ {
		p := w.listed(t, productsPath, url.Values{"category": {category}, "page": {fmt.Sprint(number)}})
		require.Equal(t, 23, p.Total)
		require.Equal(t, 3, p.TotalPages)
		require.Equal(t, number, p.Page)
		require.Equal(t, 10, p.PageSize)
		seen = append(seen, p.skus()...)
	}
	require.Equal(t, all, seen)
	past := w.listed(t, productsPath, url.Values{"category": {category}, "page": {"4"}})
	require.Equal(t, page{Items: []product{}, Total: 23, Page: 4, PageSize: 10, TotalPages: 3}, past)
	require.Len(t, w.listed(t, productsPath, url.Values{"category": {category}, "page_size": {"100"}}).Items, 23)
}

func filtersNarrow(t *testing.T, w *world) {
	category := unique("c")
	cheap := w.product(t, fields{"category": category, "price": "5.00", "stock": 0, "name": "Cheap thing"}).SKU
	middle := w.product(t, fields{"category": category, "price": "10.00", "stock": 1, "name": "Middle thing"}).SKU
	dear := w.product(t, fields{"category": category, "price": "20.00", "stock": 2, "name": "Dear thing"}).SKU
	for query, want := range map[string][]string{
		"":                                {cheap, middle, dear},
		"min_price=10":                    {middle, dear},
		"min_price=10.01":                 {dear},
		"max_price=10":                    {cheap, middle},
		"max_price=9.99":                  {cheap},
		"min_price=5&max_price=10":        {cheap, middle},
		"min_price=30&max_price=10":       nil,
		"in_stock_only=true":              {middle, dear},
		"in_stock_only=1":                 {middle, dear},
		"in_stock_only=YES":               {middle, dear},
		"in_stock_only=on":                {middle, dear},
		"in_stock_only=false":             {cheap, middle, dear},
		"in_stock_only=off":               {cheap, middle, dear},
		"name=THING&in_stock_only=no":     {cheap, middle, dear},
		"name=ddle":                       {middle},
		"name=thing&min_price=6&colour=x": {middle, dear},
	} {
		got := w.anyone().get(t, productsPath+"?sort_by=price&sort_order=asc&category="+category+"&"+query).want(http.StatusOK).page()
		require.ElementsMatch(t, want, got.skus(), query)
		require.Equal(t, len(want), got.Total, query)
	}
}

func nameIsLiteralAndFolded(t *testing.T, w *world) {
	category := unique("c")
	percent := w.product(t, fields{"category": category, "name": "Save 100%_now\\here"}).SKU
	plain := w.product(t, fields{"category": category, "name": "Save 100 now, ÄRGER und Straße"}).SKU
	for name, want := range map[string][]string{
		"100%": {percent}, "%": {percent}, "_": {percent}, "%_n": {percent}, `\`: {percent}, "a_e": nil, "s%e": nil,
		"save 100": {percent, plain}, "ärger": {plain}, "STRASSE": {plain}, "straße": {plain}, "straSSe": {plain}, "'": nil,
	} {
		got := w.listed(t, productsPath, url.Values{"category": {category}, "name": {name}})
		require.ElementsMatch(t, want, got.skus(), name)
	}
}

func categoryIsExact(t *testing.T, w *world) {
	category := unique("Cat")
	sku := w.product(t, fields{"category": category}).SKU
	w.product(t, fields{"category": category + "s"})
	require.Equal(t, []string{sku}, w.listed(t, productsPath, url.Values{"category": {category}}).skus())
	require.Empty(t, w.listed(t, productsPath, url.Values{"category": {"cat" + category[3:]}}).Items)
	require.Empty(t, w.listed(t, productsPath, url.Values{"category": {category[:10]}}).Items)
}

func sortsByEachInBothOrders(t *testing.T, w *world) {
	category := unique("c")
	a := w.product(t, fields{"category": category, "name": "b", "price": "3.00", "stock": 10}).SKU
	b := w.product(t, fields{"category": category, "name": "a", "price": "20.00", "stock": 9}).SKU
	c := w.product(t, fields{"category": category, "name": "c", "price": "100.00", "stock": 2}).SKU
	for by, ascending := range map[string][]string{
		"name": {b, a, c}, "price": {a, b, c}, "stock": {c, b, a}, "created_at": {a, b, c},
	} {
		for order, want := range map[string][]string{"asc": ascending, "desc": reversed(ascending)} {
			got := w.listed(t, productsPath, url.Values{"category": {category}, "sort_by": {by}, "sort_order": {order}})
			require.Equal(t, want, got.skus(), "%s %s", by, order)
		}
		got := w.listed(t, productsPath, url.Values{"category": {category}, "sort_by": {by}})
		require.Equal(t, reversed(ascending), got.skus(), "desc is the default")
	}
	require.Equal(t, []string{c, b, a}, w.listed(t, productsPath, url.Values{"category": {category}}).skus())
}

func reversed(s []string) []string {
	s = slices.Clone(s)
	slices.Reverse(s)
	return s
}

func namesSortByCodePoint(t *testing.T, w *world) {
	category := unique("c")
	names := []string{"10", "9", "B", "Z", "_", "a", "a b", "aB", "ab", "z", "Ä", "é", "\uffee", "\U0001F4A1"}
	for _, name := range []int{5, 0, 12, 3, 9, 1, 13, 7, 2, 8, 4, 11, 6, 10} {
		w.product(t, fields{"category": category, "name": names[name]})
	}
	got := w.listed(t, productsPath, url.Values{"category": {category}, "sort_by": {"name"}, "sort_order": {"asc"}, "page_size": {"50"}})
	var order []string
	for _, p := range got.Items {
		order = append(order, p.Name)
	}
	require.Equal(t, names, order)
}

func parametersAreChecked(t *testing.T, w *world) {
	c := w.anyone()
	for query, places := range map[string][]string{
		"page=0": {"page"}, "page=-1": {"page"}, "page=x": {"page"}, "page=": {"page"}, "page=1.5": {"page"},
		"page_size=0": {"page_size"}, "page_size=101": {"page_size"}, "page=99999999999999999999": {"page"},
		"sort_by=colour": {"sort_by"}, "sort_order=up": {"sort_order"}, "sort_by=Name": {"sort_by"},
		"min_price=x": {"min_price"}, "max_price=-1": {"max_price"}, "min_price=1.005": {"min_price"},
		"in_stock_only=maybe": {"in_stock_only"}, "page=1&page=1": {"page"}, "category=a&category=b": {"category"},
		"page=0&page_size=0&sort_by=x&sort_order=y": {"page", "page_size", "sort_by", "sort_order"},
	} {
		c.get(t, productsPath+"?"+query).invalid(places...)
	}
	c.get(t, productsPath+"?unknown=1&unknown=2").want(http.StatusOK)
	require.Empty(t, c.get(t, productsPath+"?page=9223372036854775807").want(http.StatusOK).page().Items)
}

// everyQueryHasItsOwnAnswer asks for what a careless cache key would mix up.
func everyQueryHasItsOwnAnswer(t *testing.T, w *world) {
	category := unique("c")
	amp := w.product(t, fields{"category": category + "&name=x", "name": "y"}).SKU
	both := w.product(t, fields{"category": category, "name": "x"}).SKU
	colon := w.product(t, fields{"category": category + ":x", "name": "z"}).SKU
	for range 2 {
		require.Equal(t, []string{amp}, w.listed(t, productsPath, url.Values{"category": {category + "&name=x"}}).skus())
		require.Equal(t, []string{both}, w.listed(t, productsPath, url.Values{"category": {category}, "name": {"x"}}).skus())
		require.Equal(t, []string{colon}, w.listed(t, productsPath, url.Values{"category": {category + ":x"}}).skus())
		require.Empty(t, w.listed(t, productsPath, url.Values{"category": {category}, "name": {"X:"}}).Items)
	}
}
