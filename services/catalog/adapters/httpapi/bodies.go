package httpapi

import (
	"github.com/danielgtaylor/huma/v2"

	"stockroom/pkg/web"
	"stockroom/services/catalog"
)

// product is a product as clients see it. The encoders write it; the struct
// describes it.
type product struct {
	ID          string  `json:"id" format:"uuid" doc:"Identifies the product for ever."`
	Name        string  `json:"name" minLength:"1" maxLength:"255"`
	Description *string `json:"description" nullable:"true" doc:"Null if there is none."`
	Price       price   `json:"price"`
	Stock       int64   `json:"stock" minimum:"0" maximum:"2147483647"`
	Category    *string `json:"category" nullable:"true" minLength:"1" maxLength:"100" doc:"Null if there is none."`
	SKU         string  `json:"sku" minLength:"1" maxLength:"50" doc:"No two products have the same; that of a deleted one is free again."`
	CreatedAt   string  `json:"created_at" format:"date-time" doc:"RFC 3339 in UTC, microseconds."`
	UpdatedAt   string  `json:"updated_at" format:"date-time" doc:"RFC 3339 in UTC, microseconds."`
	Version     int64   `json:"version" minimum:"1" doc:"Grows with every change; the ETag holds it too."`
}

// productPage is one page of products.
type productPage struct {
	Items      []product `json:"items" nullable:"false"`
	Total      int64     `json:"total" minimum:"0" doc:"How many products there are on all pages."`
	Page       int64     `json:"page" minimum:"1"`
	PageSize   int64     `json:"page_size" minimum:"1" maximum:"100"`
	TotalPages int64     `json:"total_pages" minimum:"1" doc:"1 if there is no product at all."`
}

// Unsettable are the members of a product that no caller sets. They are taken
// and ignored, so that what was read can be edited and sent back.
type Unsettable struct {
	ID        string `json:"id,omitempty" readOnly:"true"`
	CreatedAt string `json:"created_at,omitempty" readOnly:"true"`
	UpdatedAt string `json:"updated_at,omitempty" readOnly:"true"`
	Version   int64  `json:"version,omitempty" readOnly:"true"`
}

// newProduct is the body of a request to create a product.
type newProduct struct {
	Name        string               `json:"name" doc:"1 to 255 characters, blanks at both ends not counted." example:"Desk lamp"`
	Description web.Optional[string] `json:"description" nullable:"true" doc:"At most 65536 bytes."`
	Price       money                `json:"price"`
	Stock       web.Optional[int64]  `json:"stock" minimum:"0" maximum:"2147483647" doc:"0 if left out."`
	Category    web.Optional[string] `json:"category" nullable:"true" doc:"At most 100 characters." example:"Lighting"`
	SKU         string               `json:"sku" doc:"1 to 50 characters." example:"LAMP-1"`
	Unsettable
}

func (b newProduct) draft() catalog.Draft {
	return catalog.Draft{
		Name: b.Name, Description: b.Description.Value, Category: b.Category.Value,
		SKU: catalog.SKU(b.SKU), Price: catalog.Price(b.Price), Stock: b.Stock.Value,
	}
}

// Validate returns every rule of the catalog that the body breaks.
func (b newProduct) Validate() error { return b.draft().Validate() }

// productChanges is the body of a request to change a product: only the
// members that are sent change.
type productChanges struct {
	Name        web.Optional[string] `json:"name" doc:"1 to 255 characters, blanks at both ends not counted."`
	Description web.Optional[string] `json:"description" nullable:"true" doc:"At most 65536 bytes; null takes it away."`
	Price       web.Optional[money]  `json:"price"`
	Stock       web.Optional[int64]  `json:"stock" minimum:"0" maximum:"2147483647"`
	Category    web.Optional[string] `json:"category" nullable:"true" doc:"At most 100 characters; null takes it away."`
	SKU         web.Optional[string] `json:"sku" doc:"1 to 50 characters."`
	Unsettable
}

func (b productChanges) changes() catalog.Changes {
	return catalog.Changes{
		Name: text[string](b.Name), Description: text[string](b.Description), Category: text[string](b.Category),
		SKU: text[catalog.SKU](b.SKU), Price: number[catalog.Price](b.Price), Stock: number[int64](b.Stock),
	}
}

// Validate returns every rule of the catalog that the body breaks.
func (b productChanges) Validate() error { return b.changes().Validate() }

// text returns the value of a member, or nil if it was not sent. Null is empty.
func text[T ~string](o web.Optional[string]) *T {
	if !o.Set {
		return nil
	}
	value := T(o.Value)
	return &value
}

// number is [text] for numbers.
func number[Out, In ~int64](o web.Optional[In]) *Out {
	if !o.Set {
		return nil
	}
	value := Out(o.Value)
	return &value
}

// price is an amount as it is answered.
type price catalog.Price

// MarshalJSON returns a number with exactly two decimals.
func (p price) MarshalJSON() ([]byte, error) { return catalog.Price(p).Append(nil), nil }

// Schema documents the price.
func (price) Schema(huma.Registry) *huma.Schema {
	return amount(huma.TypeNumber, "An exact amount with two decimals.")
}

// money is an amount as it is sent: a number, or the same digits in a string.
type money catalog.Price

// UnmarshalJSON reads the digits as they were sent, through no float.
func (m *money) UnmarshalJSON(raw []byte) error {
	if len(raw) > 1 && raw[0] == '"' {
		raw = raw[1 : len(raw)-1] // an escape inside is no digit and is refused
	}
	return m.UnmarshalText(raw)
}

// UnmarshalText reads an amount from a query.
func (m *money) UnmarshalText(digits []byte) error {
	p, err := catalog.ParsePrice(string(digits))
	*m = money(p)
	return err
}

// Schema documents the amount.
func (money) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: "An exact amount between 0 and 99999999.99 with at most two decimals.",
		AnyOf: []*huma.Schema{
			amount(huma.TypeNumber, ""),
			{Type: huma.TypeString, Pattern: `^(0|[1-9][0-9]{0,7})(\.[0-9]{1,2})?$`},
		},
		Examples: []any{19.99},
	}
}

func amount(kind, description string) *huma.Schema {
	least, most := 0.0, 99999999.99
	return &huma.Schema{Type: kind, Description: description, Minimum: &least, Maximum: &most}
}
