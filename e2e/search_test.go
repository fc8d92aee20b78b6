package e2e_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const searchPath = productsPath + "/search"

var searchChecks = map[string]check{
	"SearchLooksInThreeFields": searchLooksInThreeFields,
	"SearchIsLiteralAndFolded": searchIsLiteralAndFolded,
	"SearchPagesAndSorts":      searchPagesAndSorts,
	"SearchChecksParameters":   searchChecksParameters,
}

func searchLooksInThreeFields(t *testing.T, w *world) {
	word := unique("Word")
	inName := w.product(t, fields{"name": "A " + word + " here"}).SKU
	inDescription := w.product(t, fields{"description": "In the middle of " + word + "s."}).SKU
	inSKU := w.product(t, fields{"sku": "SKU-" + word}).SKU
	w.product(t, fields{"category": word}) // not looked at
	// One field ends with what the next begins with.
	w.product(t, fields{"name": "ends with " + word[:10], "description": word[10:] + " begins"})

	found := w.listed(t, searchPath, url.Values{"q": {word}})
	require.Equal(t, []string{inSKU, inDescription, inName}, found.skus(), "the newest first")
	require.Equal(t, 3, found.Total)
	require.Len(t, w.listed(t, searchPath, url.Values{"q": {strings.ToUpper(word)}}).Items, 3)
	require.Len(t, w.listed(t, searchPath, url.Values{"q": {strings.ToLower(word[2:])}}).Items, 3)
}

func searchIsLiteralAndFolded(t *testing.T, w *world) {
	token := unique("t")
	percent := w.product(t, fields{"name": token + " 5% off_ \\ 'quoted'"}).SKU
	street := w.product(t, fields{"description": token + " Große Straße"}).SKU
	for q, want := range map[string][]string{
		token + " 5%": {percent}, token + "%": nil, token + "_": nil, token + " 5_": nil, token + " 5% off_ \\ 'q": {percent},
		token + " GROSSE STRASSE": {street}, token + " große": {street}, token + " ": {percent, street},
	} {
		require.ElementsMatch(t, want, w.listed(t, searchPath, url.Values{"q": {q}}).skus(), q)
	}
	// Terms shorter than what an index knows are found, too.
	for _, q := range []string{"%", "_", "\\", "'", "5%"} {
		found := w.listed(t, searchPath, url.Values{"q": {q}, "page_size": {"100"}})
		require.Contains(t, found.skus(), percent, q)
		require.NotContains(t, found.skus(), street, q)
	}
}

func searchPagesAndSorts(t *testing.T, w *world) {
	word := unique("w")
	a := w.product(t, fields{"name": word, "price": "2.00"}).SKU
	b := w.product(t, fields{"name": word, "price": "1.00"}).SKU
	c := w.product(t, fields{"name": word, "price": "3.00"}).SKU
	require.Equal(t, []string{b, a, c}, w.listed(t, searchPath, url.Values{"q": {word}, "sort_by": {"price"}, "sort_order": {"asc"}}).skus())
	second := w.listed(t, searchPath, url.Values{"q": {word}, "page": {"2"}, "page_size": {"2"}})
	require.Equal(t, []string{a}, second.skus())
	require.Equal(t, 3, second.Total)
	require.Equal(t, 2, second.TotalPages)
}

func searchChecksParameters(t *testing.T, w *world) {
	c := w.anyone()
	c.get(t, searchPath).invalid("q")
	c.get(t, searchPath+"?q=").invalid("q")
	c.get(t, searchPath+"?q="+strings.Repeat("x", 101)).invalid("q")
	c.get(t, searchPath+"?q="+strings.Repeat("%C3%A9", 100)).want(http.StatusOK)
	c.get(t, searchPath+"?q=a&q=b").invalid("q")
	c.get(t, searchPath+"?q=a%00b").invalid("q")
	c.get(t, searchPath+"?q=a&page=0&sort_by=x").invalid("page", "sort_by")
}
