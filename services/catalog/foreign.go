package catalog

import (
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"stockroom/pkg/errs"
)

// Foreign is a product as another system has it. What is nil or zero is missing
// there.
type Foreign struct {
	ID                    string
	Twin                  bool // another row has this id in another letter case
	Name, SKU             string
	Description, Category string
	Price                 string // a decimal number
	Stock                 *int64
	IsDeleted             *bool
	CreatedAt, UpdatedAt  time.Time
}

// The ways in which a row is no product.
var (
	errForeignID    = errors.New("id: is no UUID")
	errForeignTwin  = errors.New("id: another row has it in another letter case")
	errForeignPrice = errors.New("price: is missing")
	errForeignStock = errors.New("stock: is missing")
	errForeignState = errors.New("is_deleted: is missing")
	errForeignTime  = errors.New("created_at or updated_at: is missing or no time of the years 1 to 9999")
)

// product returns the row as a product, and what is different about it.
func (f Foreign) product() (p Adoptee, changed string, err error) {
	id := strings.ToLower(f.ID)
	if parsed, err := uuid.Parse(id); err != nil || parsed.String() != id {
		return Adoptee{}, "", errForeignID
	}
	switch {
	case f.Twin:
		return Adoptee{}, "", errForeignTwin
	case f.Price == "":
		return Adoptee{}, "", errForeignPrice
	case f.Stock == nil:
		return Adoptee{}, "", errForeignStock
	case f.IsDeleted == nil:
		return Adoptee{}, "", errForeignState
	case f.CreatedAt.IsZero() || f.UpdatedAt.IsZero():
		return Adoptee{}, "", errForeignTime
	}
	price, err := ParsePrice(f.Price)
	if err != nil {
		return Adoptee{}, "", at("/price", err)
	}
	draft := Draft{
		Name: f.Name, Description: f.Description, Category: f.Category, SKU: SKU(f.SKU), Price: price, Stock: *f.Stock,
	}
	p.Product, err = draft.product(ProductID(id), f.CreatedAt)
	if err != nil {
		return Adoptee{}, "", err
	}
	p.UpdatedAt = f.UpdatedAt
	if *f.IsDeleted {
		p.DeletedAt = f.UpdatedAt
	}
	return p, f.changed(p.Product), nil
}

// at gives the fields of a failure that has none of its own a pointer.
func at(pointer string, err error) error {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return err
	}
	field := e.Fields[0]
	field.Pointer = pointer
	return errs.Validation(field)
}

func (f Foreign) changed(p Product) string {
	var changes []string
	if string(p.ID) != f.ID {
		changes = append(changes, "id: written in lower case")
	}
	for _, text := range []struct{ field, was, is string }{
		{"name", f.Name, p.Name},
		{"description", f.Description, p.Description},
		{"category", f.Category, p.Category},
		{"sku", f.SKU, string(p.SKU)},
	} {
		if text.is != text.was {
			changes = append(changes, text.field+": blanks around it removed")
		}
	}
	return strings.Join(changes, "; ")
}
