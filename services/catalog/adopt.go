package catalog

import (
	"context"
	"errors"
	"strings"
	"time"

	"stockroom/pkg/errs"
)

// Adopted says what became of a [Foreign]. If it was neither added nor refused,
// the product is here already and stays as it is.
type Adopted struct {
	Added   bool
	Refused string // why; empty if it was not
	Changed string // how it differs from what it was there; empty if it does not
}

// Adoptee is a product that comes from elsewhere.
type Adoptee struct {
	Product
	DeletedAt time.Time // zero while it lives
}

// ErrKnown tells that a product is here already.
var ErrKnown = errors.New("the product is here already")

// Adoption takes over the products of another system, with their ids and times.
type Adoption struct {
	store    Store
	rehearse bool
	taken    map[SKU]bool // in a rehearsal: what earlier products would have by now
}

// NewAdoption returns an adoption into store. A rehearsal stores nothing, and
// answers as if it did.
func NewAdoption(store Store, rehearse bool) *Adoption {
	return &Adoption{store: store, rehearse: rehearse, taken: make(map[SKU]bool)}
}

// Adopt takes over products in one commit, and says what became of each. It may
// be repeated: a product that is here already stays as it is.
func (a *Adoption) Adopt(ctx context.Context, rows []Foreign) ([]Adopted, error) {
	adopted := make([]Adopted, len(rows))
	var products []Adoptee
	var places []int // of the products in rows
	for i, row := range rows {
		p, changed, err := row.product()
		if err == nil && p.DeletedAt.IsZero() && a.taken[p.SKU] {
			err = ErrSKUTaken
		}
		if err != nil {
			adopted[i].Refused = reason(err)
			continue
		}
		adopted[i].Changed = changed
		products, places = append(products, p), append(places, i)
	}
	if len(products) == 0 {
		return adopted, nil
	}
	results, err := a.store.Adopt(ctx, products, a.rehearse)
	if err != nil {
		return nil, err
	}
	for i, err := range results {
		switch {
		case err == nil:
			adopted[places[i]].Added = true
			if a.rehearse && products[i].DeletedAt.IsZero() {
				a.taken[products[i].SKU] = true
			}
		case !errors.Is(err, ErrKnown):
			adopted[places[i]] = Adopted{Refused: reason(err)}
		}
	}
	return adopted, nil
}

// reason says why a row is refused, without its values.
func reason(err error) string {
	if errors.Is(err, ErrSKUTaken) {
		return "sku: another product has it"
	}
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return err.Error()
	}
	var reasons []string
	for _, f := range e.Fields {
		reasons = append(reasons, strings.TrimPrefix(f.Pointer, "/")+": "+f.Detail)
	}
	return strings.Join(reasons, " ")
}
