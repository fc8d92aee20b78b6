package httpapi

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/catalog"
)

// described returns p as the documented struct, for encoding/json.
func described(p catalog.Product) product {
	optional := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	return product{
		ID: string(p.ID), Name: p.Name, Description: optional(p.Description), Price: price(p.Price), Stock: p.Stock,
		Category: optional(p.Category), SKU: string(p.SKU),
		CreatedAt: p.CreatedAt.UTC().Format(timeLayout), UpdatedAt: p.UpdatedAt.UTC().Format(timeLayout), Version: p.Version,
	}
}

func standard(t *testing.T, v any) string {
	t.Helper()

	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}

func TestProductIsEncodedAsDescribed(t *testing.T) {
	t.Parallel()

	at := time.Date(2026, 1, 2, 3, 4, 5, 60_000, time.FixedZone("CET", 3600))
	for _, p := range []catalog.Product{
		{},
		{ID: "i", Name: "n", Description: "d", Category: "c", SKU: "s", Price: 1999, Stock: 3, CreatedAt: at, UpdatedAt: at, Version: 7},
		{Name: "<b>&amp;\"\\/\u2028\u2029\x00\x1f\x7f\b\f\n\r\t", Price: catalog.MaxPrice, Stock: catalog.MaxStock, Version: 1 << 62},
		{Name: "\xff\xc3 e\u0301 世界 🦊 \ufffd \uffff \xed\xa0\x80", Price: 5},
	} {
		require.Equal(t, standard(t, described(p)), string(encode(p)))
	}
	require.Contains(t, string(encode(catalog.Product{CreatedAt: at})), `"created_at":"2026-01-02T02:04:05.000060Z"`)
	require.Contains(t, string(encode(catalog.Product{Price: 1990})), `"price":19.90,`)
}

func TestPageIsEncodedAsDescribed(t *testing.T) {
	t.Parallel()

	q := catalog.Query{Page: 3, Size: 2}
	for total, items := range map[int64][]catalog.Product{0: nil, 1: {{Name: "a"}}, 5: {{Name: "a"}, {Name: "b"}}} {
		want := productPage{Items: []product{}, Total: total, Page: 3, PageSize: 2, TotalPages: q.Pages(total)}
		for _, p := range items {
			want.Items = append(want.Items, described(p))
		}
		require.Equal(t, standard(t, want), string(encodePage(q, catalog.Page{Items: items, Total: total})))
	}
}

func FuzzEncode(f *testing.F) {
	f.Add("Lamp", "Bright", "Light", "L-1", int64(1999), int64(3), int64(1))
	f.Add("<\u2028&>", "\xff", "\x00", "\\\"", int64(0), int64(0), int64(0))
	f.Fuzz(func(t *testing.T, name, description, category, sku string, cents, stock, micros int64) {
		at := time.UnixMicro(micros % (1 << 50)) // years of four digits
		p := catalog.Product{
			ID: "00000000-0000-7000-8000-000000000001", Name: name, Description: description, Category: category, SKU: catalog.SKU(sku),
			Price: catalog.Price(uint64(cents) % uint64(catalog.MaxPrice+1)), Stock: stock, CreatedAt: at, UpdatedAt: at, Version: 1,
		}
		require.Equal(t, standard(t, described(p)), string(encode(p)))
	})
}

func BenchmarkEncode(b *testing.B) {
	p := catalog.Product{
		ID: "00000000-0000-7000-8000-000000000001", Name: "Desk lamp, brass", Description: "Bright, warm and adjustable.",
		Category: "Lighting", SKU: "LAMP-1", Price: 1999, Stock: 3, Version: 7,
	}
	b.ReportAllocs()
	for b.Loop() {
		encode(p)
	}
}
