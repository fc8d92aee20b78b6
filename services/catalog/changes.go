package catalog

import (
	"slices"
	"strings"

	"stockroom/pkg/errs"
)

// Changes is what a caller wants to be different about a product: the fields
// that are not nil. An empty description or category takes it away.
type Changes struct {
	Name        *string
	Description *string
	Category    *string
	SKU         *SKU
	Price       *Price
	Stock       *int64
}

// Validate returns every rule that the changes break, as one error.
func (c Changes) Validate() error {
	c = c.trimmed()
	var r rules
	if c.Name != nil {
		r.length("/name", *c.Name, 1, 255)
	}
	if c.Description != nil {
		r.size("/description", *c.Description, 64<<10)
	}
	if c.Category != nil {
		r.length("/category", *c.Category, 0, 100)
	}
	if c.SKU != nil {
		r.length("/sku", string(*c.SKU), 1, 50)
	}
	if c.Price != nil {
		r.price("/price", *c.Price)
	}
	if c.Stock != nil {
		r.stock("/stock", *c.Stock)
	}
	return errs.Validation(r...)
}

func (c Changes) trimmed() Changes {
	trim(&c.Name)
	trim(&c.Description)
	trim(&c.Category)
	trim(&c.SKU)
	return c
}

// trim replaces the pointer, not the text behind it, which is the caller's.
func trim[T ~string](field **T) {
	if *field != nil {
		t := T(strings.TrimSpace(string(**field)))
		*field = &t
	}
}

// Versions are those of which a product must have one for a write to be made.
// Nil stands for any.
type Versions []int64

func (v Versions) check(p Product) error {
	if v == nil || slices.Contains(v, p.Version) {
		return nil
	}
	return ErrVersionConflict.Because("The product has changed: its version is %d.", p.Version)
}
