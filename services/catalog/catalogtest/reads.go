package catalogtest

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"stockroom/services/catalog"
)

// Product implements [catalog.Store].
func (s *Store) Product(_ context.Context, id catalog.ProductID) (catalog.Product, int64, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()

	asOf := int64(len(s.log))
	p, ok := s.products[id]
	if !ok {
		return catalog.Product{}, asOf, catalog.ErrProductNotFound
	}
	return p, asOf, nil
}

// Products implements [catalog.Store].
func (s *Store) Products(_ context.Context, q catalog.Query) (catalog.Page, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()

	var found []catalog.Product
	for _, p := range s.products {
		if passes(p, q.Filter) {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, compareBy(q.Sort))
	total := int64(len(found))
	from := min(q.Offset(), total)
	return catalog.Page{
		Items: found[from:min(from+q.Size, total)], Total: total, Epoch: Epoch, AsOf: int64(len(s.log)),
	}, nil
}

func passes(p catalog.Product, f catalog.Filter) bool {
	return strings.Contains(p.SearchName(), catalog.SearchTerm(f.Name)) &&
		strings.Contains(p.SearchText(), catalog.SearchTerm(f.Search)) &&
		(f.Category == "" || p.Category == f.Category) &&
		(f.MinPrice == nil || p.Price >= *f.MinPrice) &&
		(f.MaxPrice == nil || p.Price <= *f.MaxPrice) &&
		(!f.InStock || p.Stock > 0)
}

// compareBy returns the comparison of products that a sort stands for.
func compareBy(sort catalog.Sort) func(a, b catalog.Product) int {
	return func(a, b catalog.Product) int {
		c := cmp.Or(compare(a, b, sort.By), cmp.Compare(a.ID, b.ID))
		if sort.Descending {
			return -c
		}
		return c
	}
}

func compare(a, b catalog.Product, by catalog.SortKey) int {
	switch by {
	case catalog.ByName:
		return cmp.Compare(a.Name, b.Name)
	case catalog.ByPrice:
		return cmp.Compare(a.Price, b.Price)
	case catalog.ByStock:
		return cmp.Compare(a.Stock, b.Stock)
	default:
		return a.CreatedAt.Compare(b.CreatedAt)
	}
}
