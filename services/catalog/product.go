package catalog

import (
	"strings"
	"time"

	"stockroom/pkg/fold"
)

// ProductID identifies a product for ever: a canonical lower-case UUID.
type ProductID string

// SKU is the number that people know a product by. No two products have the
// same one at a time; that of a deleted product is free again.
type SKU string

// AccountID names the account on whose behalf something is changed. It is
// empty when nobody's is.
type AccountID string

// Product is something that can be sold.
type Product struct {
	ID          ProductID
	Name        string
	Description string // empty: none
	Category    string // empty: none
	SKU         SKU
	Price       Price
	Stock       int64
	CreatedAt   time.Time // UTC, microseconds
	UpdatedAt   time.Time // UTC, microseconds
	Version     int64     // sequence number of the commit that last touched the product
}

// MaxStock is the largest stock that a product can have.
const MaxStock = 1<<31 - 1

// fieldSeparator stands between the fields in a search text. It is no character
// and is taken out of every field and term, so no term can match across it.
const fieldSeparator = "\uffff"

// SearchText returns what a search looks into: every searchable field, letter
// case folded.
func (p Product) SearchText() string {
	return SearchTerm(p.Name) + fieldSeparator + SearchTerm(string(p.SKU)) + fieldSeparator + SearchTerm(p.Description)
}

// SearchName returns what a filter by name looks into.
func (p Product) SearchName() string { return SearchTerm(p.Name) }

// SearchTerm returns text in the form in which it can be a literal substring
// of a search text.
func SearchTerm(text string) string {
	return strings.ReplaceAll(fold.String(text), fieldSeparator, "\ufffd")
}

// change gives p the values of c and reports whether any is new.
func (p *Product) change(c Changes) bool {
	before := *p
	set(&p.Name, c.Name)
	set(&p.Description, c.Description)
	set(&p.Category, c.Category)
	set(&p.SKU, c.SKU)
	set(&p.Price, c.Price)
	set(&p.Stock, c.Stock)
	return *p != before
}

func set[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}
