package catalog

import (
	"strconv"

	"stockroom/pkg/errs"
)

// Price is an exact amount of money in cents, so that no sum, no filter and no
// transport ever rounds it.
type Price int64

// MaxPrice is the highest price a product can have: 99,999,999.99.
const MaxPrice Price = 9_999_999_999

// The ways in which a text is no price.
var (
	ErrPriceSyntax    = noPrice("invalid", "Must be a decimal number without sign or exponent.")
	ErrPricePrecision = noPrice("too_precise", "Must have at most 2 decimals.")
	ErrPriceRange     = noPrice("out_of_range", "Must be between 0 and 99999999.99.")
)

func noPrice(code, detail string) *errs.Error {
	e := errs.New(errs.Invalid, "validation_failed", "Validation failed")
	e.Fields = []errs.Field{{Code: code, Detail: detail}}
	return e
}

// ParsePrice reads a decimal number as JSON writes it, without sign and
// exponent. What does not fit exactly is refused, never rounded.
func ParsePrice(s string) (Price, error) {
	units, rest := digits(s)
	switch {
	case units == "" && negative(s):
		return 0, ErrPriceRange
	case units == "", len(units) > 1 && units[0] == '0':
		return 0, ErrPriceSyntax
	}
	cents := ""
	if rest != "" {
		if rest[0] != '.' {
			return 0, ErrPriceSyntax
		}
		if cents, rest = digits(rest[1:]); cents == "" || rest != "" {
			return 0, ErrPriceSyntax
		}
	}
	if len(cents) > 2 {
		return 0, ErrPricePrecision
	}
	if len(units) > len("99999999") {
		return 0, ErrPriceRange
	}
	n, err := strconv.ParseInt(units+(cents + "00")[:2], 10, 64)
	if err != nil {
		return 0, ErrPriceSyntax
	}
	return Price(n), nil
}

// digits cuts the leading decimal digits off s.
func digits(s string) (number, rest string) {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}

// negative reports whether s is a number below zero, which deserves a better
// answer than a complaint about its form.
func negative(s string) bool {
	if s == "" || s[0] != '-' {
		return false
	}
	units, rest := digits(s[1:])
	if rest != "" && rest[0] == '.' {
		_, rest = digits(rest[1:])
	}
	return units != "" && rest == ""
}

// Append appends the price with exactly two decimals.
func (p Price) Append(b []byte) []byte {
	b = strconv.AppendInt(b, int64(p)/100, 10)
	cents := int64(p) % 100
	return append(b, '.', byte('0'+cents/10), byte('0'+cents%10))
}

// String returns the price with exactly two decimals.
func (p Price) String() string { return string(p.Append(nil)) }

func (p Price) valid() bool { return 0 <= p && p <= MaxPrice }
