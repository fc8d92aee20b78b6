package e2e_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

var priceChecks = map[string]check{
	"PricesAreExact":        pricesAreExact,
	"PricesAreRefused":      pricesAreRefused,
	"PricesAreEverywhereSo": pricesAreEverywhereSo,
}

func pricesAreExact(t *testing.T, w *world) {
	for sent, want := range map[string]amount{
		`0`: "0.00", `0.1`: "0.10", `"0.1"`: "0.10", `19.9`: "19.90", `"19.99"`: "19.99", `99999999.99`: "99999999.99",
		`"99999999.99"`: "99999999.99", `4503599.63`: "4503599.63", `1.10`: "1.10", `0.29`: "0.29",
	} {
		body := `{"name":"Priced","sku":"` + unique("P") + `","price":` + sent + `}`
		p := w.admin(t).post(t, productsPath, body).want(http.StatusCreated).product()
		require.Equal(t, want, p.Price, sent)
		require.Equal(t, want, w.anyone().get(t, p.path()).want(http.StatusOK).product().Price)
	}
}

func pricesAreRefused(t *testing.T, w *world) {
	for _, sent := range []string{
		`-0.01`, `100000000`, `99999999.991`, `0.001`, `1.005`, `"1.005"`, `"NaN"`, `"1e2x"`, `""`, `" 1"`, `"1,5"`, `true`, `[1]`, `{}`, `1e300`,
	} {
		body := `{"name":"Priced","sku":"` + unique("P") + `","price":` + sent + `}`
		w.admin(t).post(t, productsPath, body).invalid("/price")
	}
}

func pricesAreEverywhereSo(t *testing.T, w *world) {
	category, word := unique("c"), unique("word")
	p := w.product(t, fields{"price": "4503599.63", "category": category, "name": word})
	for range 3 { // from the database, then from each cache
		for _, path := range []string{productsPath + "?category=" + category, productsPath + "/search?q=" + word} {
			items := w.anyone().get(t, path).want(http.StatusOK).page().Items
			require.Len(t, items, 1)
			require.Equal(t, p, items[0], "one product, one price, one shape: %s", path)
		}
		require.Equal(t, p, w.anyone().get(t, p.path()).product())
	}
}
