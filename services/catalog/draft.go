package catalog

import (
	"strings"
	"time"

	"stockroom/pkg/errs"
)

// Draft is what a caller decides about a new product.
type Draft struct {
	Name        string
	Description string // empty: none
	Category    string // empty: none
	SKU         SKU
	Price       Price
	Stock       int64
}

// Validate returns every rule that the draft breaks, as one error.
func (d Draft) Validate() error {
	d = d.trimmed()
	var r rules
	r.length("/name", d.Name, 1, 255)
	r.size("/description", d.Description, 64<<10)
	r.length("/category", d.Category, 0, 100)
	r.length("/sku", string(d.SKU), 1, 50)
	r.price("/price", d.Price)
	r.stock("/stock", d.Stock)
	return errs.Validation(r...)
}

func (d Draft) trimmed() Draft {
	d.Name = strings.TrimSpace(d.Name)
	d.Description = strings.TrimSpace(d.Description)
	d.Category = strings.TrimSpace(d.Category)
	d.SKU = SKU(strings.TrimSpace(string(d.SKU)))
	return d
}

func (d Draft) product(id ProductID, at time.Time) (Product, error) {
	if err := d.Validate(); err != nil {
		return Product{}, err
	}
	d = d.trimmed()
	return Product{
		ID: id, Name: d.Name, Description: d.Description, Category: d.Category, SKU: d.SKU,
		Price: d.Price, Stock: d.Stock, CreatedAt: at, UpdatedAt: at,
	}, nil
}
