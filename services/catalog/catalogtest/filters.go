package catalogtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/catalog"
)

func filters() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"FiltersSelect": func(t *testing.T, b bundle) {
			for n, p := range []struct {
				category string
				price    catalog.Price
				stock    int64
			}{
				0: {"Tools", 0, 0},
				1: {"Tools", 1000, 1},
				2: {"tools", 1001, 0},
				3: {"", 1999, 5},
				4: {"Tools & more", catalog.MaxPrice, 5},
			} {
				b.create(t, product(n), func(q *catalog.Product) {
					q.Category, q.Price, q.Stock = p.category, p.price, p.stock
				})
			}
			price := func(p catalog.Price) *catalog.Price { return &p }
			for name, tt := range map[string]struct {
				f    catalog.Filter
				want []int
			}{
				"All":           {catalog.Filter{}, []int{0, 1, 2, 3, 4}},
				"Category":      {catalog.Filter{Category: "Tools"}, []int{0, 1}},
				"NoSuch":        {catalog.Filter{Category: "Tool"}, nil},
				"Min":           {catalog.Filter{MinPrice: price(1000)}, []int{1, 2, 3, 4}},
				"MinByOneCent":  {catalog.Filter{MinPrice: price(1001)}, []int{2, 3, 4}},
				"MinZero":       {catalog.Filter{MinPrice: price(0)}, []int{0, 1, 2, 3, 4}},
				"Max":           {catalog.Filter{MaxPrice: price(1000)}, []int{0, 1}},
				"MaxZero":       {catalog.Filter{MaxPrice: price(0)}, []int{0}},
				"Highest":       {catalog.Filter{MinPrice: price(catalog.MaxPrice)}, []int{4}},
				"MinAboveMax":   {catalog.Filter{MinPrice: price(2), MaxPrice: price(1)}, nil},
				"InStock":       {catalog.Filter{InStock: true}, []int{1, 3, 4}},
				"AllAtOnce":     {catalog.Filter{Category: "Tools", MinPrice: price(1), MaxPrice: price(1000), InStock: true, Name: "1", Search: "sku"}, []int{1}},
				"AllAtOnceMiss": {catalog.Filter{Category: "Tools", MinPrice: price(1), MaxPrice: price(1000), InStock: true, Name: "2"}, nil},
				"Injection":     {catalog.Filter{Category: "x' OR '1'='1", Name: "' OR 1=1 --"}, nil},
			} {
				page := b.list(t, tt.f)
				var want []string
				for _, n := range tt.want {
					want = append(want, string(product(n).ID))
				}
				require.ElementsMatch(t, want, ids(page.Items), name)
				require.Equal(t, int64(len(want)), page.Total, name)
			}
		},
	}
}

func texts() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"TextsMatchLiterallyWhateverTheirCase": func(t *testing.T, b bundle) {
			for i, tt := range textCases() {
				p := b.create(t, product(i), func(p *catalog.Product) { p.Name, p.Description = tt.text, "" })
				for _, term := range tt.found {
					require.Contains(t, ids(b.list(t, catalog.Filter{Name: term}).Items), string(p.ID), "name %q in %q", term, tt.text)
					require.Contains(t, ids(b.list(t, catalog.Filter{Search: term}).Items), string(p.ID), "search %q in %q", term, tt.text)
				}
				for _, term := range tt.missed {
					require.NotContains(t, ids(b.list(t, catalog.Filter{Name: term}).Items), string(p.ID), "name %q in %q", term, tt.text)
					require.NotContains(t, ids(b.list(t, catalog.Filter{Search: term}).Items), string(p.ID), "search %q in %q", term, tt.text)
				}
			}
		},
		"SearchLooksIntoOneFieldAtATime": func(t *testing.T, b bundle) {
			p := b.create(t, product(1), func(p *catalog.Product) {
				p.Name, p.SKU, p.Description, p.Category = "Alpha\uffff", "BETA-7", "Gamma", "Delta"
			})
			for term, want := range map[string]int{
				"alpha": 1, "beta-7": 1, "gamma": 1, "a-7": 1, "\uffff": 1, "\ufffd": 1, "alpha\uffff": 1,
				"delta": 0, "alphabeta": 0, "alpha\uffffbeta": 0, "alpha\uffff\uffffbeta": 0, "beta-7\uffffgamma": 0, "\uffffgamma": 0,
			} {
				require.Len(t, b.list(t, catalog.Filter{Search: term}).Items, want, "search %q", term)
			}
			require.Len(t, b.list(t, catalog.Filter{Name: "alpha"}).Items, 1)
			require.Empty(t, b.list(t, catalog.Filter{Name: "beta"}).Items)
			require.Empty(t, b.list(t, catalog.Filter{Name: "gamma"}).Items)
			require.Equal(t, p, b.list(t, catalog.Filter{Name: "ALPHA", Search: "gamma"}).Items[0])
		},
	}
}

type textCase struct {
	text          string
	found, missed []string
}

// textCases are texts on which databases and languages disagree.
func textCases() []textCase {
	return []textCase{
		{"100% cotton_shirt", []string{"100%", "%", "_", "cotton_", "% c", "COTTON"}, []string{"100_", "cotton%shirt", "cotton shirt"}},
		{`back\slash`, []string{`\`, `k\s`, `K\S`}, []string{`\\`, `\%`, `k\\s`}},
		{"İstanbul", []string{"i\u0307stanbul", "İSTANBUL", "stan", "i"}, []string{"ıstanbul", "istanbul"}},
		{"Straße", []string{"STRASSE", "strasse", "straße", "ss", "ß", "ẞ"}, []string{"strase"}},
		{"ΟΔΥΣΣΕΥΣ", []string{"οδυσσευς", "Οδυσ", "σ", "ς", "Σ", "σς"}, []string{"οδυσσεύς"}},
		{"Cafe\u0301", []string{"cafe", "CAFE\u0301", "\u0301"}, []string{"caf\u00e9"}},
		{"ÄÖÜ ПЁТР", []string{"äöü", "пётр", "ü п", " "}, []string{"aou", "петр"}},
		{"Ꮳ 世界 🦊 x", []string{"ꮳ", "世", "界 🦊", "🦊", "X"}, []string{"🦉", "世 "}},
		{"a", []string{"a", "A"}, []string{"aa", "b", " "}},
		{"[a-c]* ^x$ ?", []string{"[a-c]*", "^x$", "?"}, []string{"[abc]", ".*"}},
	}
}
