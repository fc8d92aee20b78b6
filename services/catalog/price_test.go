package catalog_test

import (
	"encoding/json"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/catalog"
)

func TestParsePrice(t *testing.T) {
	t.Parallel()

	for text, want := range map[string]catalog.Price{
		"0": 0, "0.0": 0, "0.00": 0, "0.01": 1, "0.1": 10, "1": 100, "19.99": 1999, "19.9": 1990, "10": 1000,
		"99999999.99": catalog.MaxPrice, "99999999": catalog.MaxPrice - 99,
	} {
		got, err := catalog.ParsePrice(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

func TestParsePriceRefuses(t *testing.T) {
	t.Parallel()

	for text, want := range map[string]error{
		"": catalog.ErrPriceSyntax, ".": catalog.ErrPriceSyntax, ".5": catalog.ErrPriceSyntax, "5.": catalog.ErrPriceSyntax,
		"1e2": catalog.ErrPriceSyntax, "1E2": catalog.ErrPriceSyntax, "1.5e1": catalog.ErrPriceSyntax, "1e-9999999": catalog.ErrPriceSyntax,
		"+1": catalog.ErrPriceSyntax, "01": catalog.ErrPriceSyntax, "00": catalog.ErrPriceSyntax, "1.2.3": catalog.ErrPriceSyntax,
		"1,50": catalog.ErrPriceSyntax, "1 ": catalog.ErrPriceSyntax, " 1": catalog.ErrPriceSyntax, "NaN": catalog.ErrPriceSyntax,
		"0x10": catalog.ErrPriceSyntax, "1_000": catalog.ErrPriceSyntax, "١": catalog.ErrPriceSyntax, "-": catalog.ErrPriceSyntax, "-x": catalog.ErrPriceSyntax,
		"19.999": catalog.ErrPricePrecision, "0.001": catalog.ErrPricePrecision, "1.000": catalog.ErrPricePrecision,
		"-1": catalog.ErrPriceRange, "-0.01": catalog.ErrPriceRange, "-0": catalog.ErrPriceRange,
		"100000000": catalog.ErrPriceRange, "100000000.00": catalog.ErrPriceRange,
		"99999999999999999999999999999999": catalog.ErrPriceRange, "99999999.991": catalog.ErrPricePrecision,
	} {
		_, err := catalog.ParsePrice(text)
		require.ErrorIs(t, err, want, text)
	}
}

func TestPriceHasTwoDecimals(t *testing.T) {
	t.Parallel()

	for price, want := range map[catalog.Price]string{
		0: "0.00", 1: "0.01", 10: "0.10", 99: "0.99", 100: "1.00", 1999: "19.99", catalog.MaxPrice: "99999999.99",
	} {
		require.Equal(t, want, price.String())
	}
}

func FuzzParsePrice(f *testing.F) {
	for _, seed := range []string{"0", "19.99", "99999999.99", "1e2", "-0", "0.001", "01", "5.", "100000000"} {
		f.Add(seed)
	}
	hundred := big.NewRat(100, 1)
	f.Fuzz(func(t *testing.T, text string) {
		price, err := catalog.ParsePrice(text)
		if err != nil {
			return
		}
		// What is taken is a JSON number of exactly that value and comes back.
		require.True(t, json.Valid([]byte(text)), text)
		value, ok := new(big.Rat).SetString(text)
		require.True(t, ok, text)
		require.Zero(t, value.Mul(value, hundred).Cmp(big.NewRat(int64(price), 1)), text)
		again, err := catalog.ParsePrice(price.String())
		require.NoError(t, err)
		require.Equal(t, price, again)
		require.True(t, 0 <= price && price <= catalog.MaxPrice, text)
	})
}
