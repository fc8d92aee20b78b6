package catalog_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/catalog"
)

func anyQuery() catalog.Query {
	return catalog.Query{Sort: catalog.Sort{By: catalog.ByCreatedAt}, Page: 1, Size: 10}
}

func TestNoTwoQueriesShareACanonicalForm(t *testing.T) {
	t.Parallel()

	price := func(p catalog.Price) *catalog.Price { return &p }
	seen := map[string]catalog.Query{}
	for _, edit := range []func(*catalog.Query){
		func(*catalog.Query) {},
		func(q *catalog.Query) { q.Page = 2 },
		func(q *catalog.Query) { q.Page = 11 },
		func(q *catalog.Query) { q.Size = 11 },
		func(q *catalog.Query) { q.Sort.By = catalog.ByName },
		func(q *catalog.Query) { q.Sort.Descending = true },
		func(q *catalog.Query) { q.Filter.InStock = true },
		func(q *catalog.Query) { q.Filter.MinPrice = price(0) },
		func(q *catalog.Query) { q.Filter.MaxPrice = price(0) },
		func(q *catalog.Query) { q.Filter.MaxPrice = price(1) },
		func(q *catalog.Query) { q.Filter.Name = "a" },
		func(q *catalog.Query) { q.Filter.Search = "a" },
		func(q *catalog.Query) { q.Filter.Category = "a" },
		func(q *catalog.Query) { q.Filter.Category = "A" },
		func(q *catalog.Query) { q.Filter.Category = `a" name="b` },
		func(q *catalog.Query) { q.Filter.Category, q.Filter.Name = "a", "b" },
		func(q *catalog.Query) { q.Filter.Name = `" q="a` },
		func(q *catalog.Query) { q.Filter.Name = `\" q=\"a` },
		func(q *catalog.Query) { q.Filter.Name = " a" },
		func(q *catalog.Query) { q.Filter.Name = "a\n%q\x7fé\u2028" },
		func(q *catalog.Query) { q.Filter.Search = "`" },
		func(q *catalog.Query) { q.Filter.MinPrice, q.Filter.MaxPrice = price(7), price(7) },
	} {
		q := anyQuery()
		edit(&q)
		same, found := seen[q.Canonical()]
		require.False(t, found, "%+v and %+v are both %s", q, same, q.Canonical())
		seen[q.Canonical()] = q
		parsed, ok := catalog.ParseQuery(q.Canonical())
		require.True(t, ok, q.Canonical())
		require.Equal(t, q, parsed, "what asks for the same in its simplest form is read as it was")
	}
}

func TestLetterCaseIsNoOtherQuery(t *testing.T) {
	t.Parallel()

	a, b := anyQuery(), anyQuery()
	a.Filter.Name, b.Filter.Name = "Straße", "STRASSE"
	require.Equal(t, a.Canonical(), b.Canonical())
}

func TestWhatIsNoCanonicalFormIsNotRead(t *testing.T) {
	t.Parallel()

	q := anyQuery()
	q.Filter.Name = "strasse"
	right := q.Canonical()
	_, ok := catalog.ParseQuery(right)
	require.True(t, ok)
	for _, text := range []string{
		"", "page=1", right + " ", right + "x", " " + right, strings.Replace(right, "page=1", "page=01", 1),
		strings.Replace(right, "strasse", "STRASSE", 1), strings.Replace(right, "min=-", "min=x", 1),
	} {
		_, ok := catalog.ParseQuery(text)
		require.False(t, ok, text)
	}
}

func TestOffsetNeverOverflows(t *testing.T) {
	t.Parallel()

	for page, want := range map[int64]int64{1: 0, 2: 100, 1 << 40: (1<<40 - 1) * 100} {
		require.Equal(t, want, catalog.Query{Page: page, Size: 100}.Offset())
	}
	for _, page := range []int64{1 << 50, math.MaxInt64 - 1, math.MaxInt64} {
		require.Greater(t, catalog.Query{Page: page, Size: 100}.Offset(), int64(1)<<52)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()

	for total, want := range map[int64]int64{0: 1, 1: 1, 10: 1, 11: 2, 100: 10, 101: 11} {
		require.Equal(t, want, anyQuery().Pages(total), "total %d", total)
	}
}
