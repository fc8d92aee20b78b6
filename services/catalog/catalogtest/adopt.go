package catalogtest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/catalog"
)

// Adopt implements [catalog.Store].
func (s *Store) Adopt(ctx context.Context, ps []catalog.Adoptee, rehearse bool) ([]error, error) {
	results := make([]error, len(ps))
	var gone []catalog.ProductID
	err := s.write(ctx, catalog.KindCreated, func(seq int64) ([]catalog.Product, error) {
		added := map[catalog.ProductID]catalog.Product{}
		skus := map[catalog.SKU]bool{}
		var list []catalog.Product
		for i, p := range ps {
			if results[i] = s.adoptable(p, added, skus); results[i] != nil {
				continue
			}
			p.Version = seq
			added[p.ID], list = p.Product, append(list, p.Product)
			if p.DeletedAt.IsZero() {
				skus[p.SKU] = true
			} else {
				gone = append(gone, p.ID)
			}
		}
		if rehearse {
			return nil, nil
		}
		return list, nil
	})
	if err == nil && !rehearse {
		s.forget(gone)
	}
	return results, err
}

func (s *Store) adoptable(p catalog.Adoptee, added map[catalog.ProductID]catalog.Product, skus map[catalog.SKU]bool) error {
	_, here := s.products[p.ID]
	_, twice := added[p.ID]
	switch {
	case here || twice || s.deleted[p.ID]:
		return catalog.ErrKnown
	case p.DeletedAt.IsZero() && (skus[p.SKU] || s.taken(p.SKU, "")):
		return catalog.ErrSKUTaken
	}
	return nil
}

// forget takes adopted products away that were deleted where they come from.
func (s *Store) forget(ids []catalog.ProductID) {
	s.mu.Lock()
	defer s.mu.Unlock()

	for _, id := range ids {
		delete(s.products, id)
		s.deleted[id] = true
	}
}

func adoptions() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"AdoptedProductsAreOneCommit": func(t *testing.T, b bundle) {
			b.create(t, product(0))
			old, bare, gone := adoptee(1), adoptee(2), adoptee(3)
			old.UpdatedAt = start.Add(time.Hour)
			bare.Description, bare.Category, bare.Price, bare.Stock = "", "", 0, 0
			gone.SKU, gone.DeletedAt = old.SKU, start.Add(time.Hour)

			results, err := b.Adopt(t.Context(), []catalog.Adoptee{old, bare, gone}, false)

			require.NoError(t, err)
			require.Equal(t, []error{nil, nil, nil}, results)
			for _, p := range []catalog.Adoptee{old, bare} {
				p.Version = 2
				require.Equal(t, p.Product, b.found(t, p.ID))
			}
			_, _, err = b.Product(t.Context(), gone.ID)
			require.ErrorIs(t, err, catalog.ErrProductNotFound)
			require.Len(t, b.list(t, catalog.Filter{Search: "product"}).Items, 3)
			logged := b.log(t, 1)
			require.Len(t, logged, 1)
			require.ElementsMatch(t, []string{string(old.ID), string(bare.ID), string(gone.ID)}, logged[0].IDs)
			require.True(t, logged[0].Lists)
			require.Equal(t, catalog.KindCreated, logged[0].Kind)
		},
		"AdoptionLeavesOutWhatCannotBe": func(t *testing.T, b bundle) {
			there := b.create(t, product(1))
			gone := b.create(t, product(2))
			_, err := b.delete(t.Context(), gone.ID)
			require.NoError(t, err)
			known, again, taken, first, second := adoptee(1), adoptee(2), adoptee(3), adoptee(4), adoptee(5)
			known.Name, known.SKU, taken.SKU, second.SKU = "Other", "OTHER", there.SKU, first.SKU

			results, err := b.Adopt(t.Context(), []catalog.Adoptee{known, again, taken, first, second}, false)

			require.NoError(t, err)
			require.Len(t, results, 5)
			for i, want := range []error{catalog.ErrKnown, catalog.ErrKnown, catalog.ErrSKUTaken, nil, catalog.ErrSKUTaken} {
				require.ErrorIs(t, results[i], want)
			}
			require.Equal(t, there, b.found(t, there.ID))
			require.Equal(t, []string{string(there.ID), string(first.ID)}, ids(b.list(t, catalog.Filter{}).Items))
			require.Equal(t, []string{string(first.ID)}, b.log(t, 3)[0].IDs)
		},
		"AdoptingAgainCommitsNothing": func(t *testing.T, b bundle) {
			gone := adoptee(2)
			gone.DeletedAt = start.Add(time.Hour)
			ps := []catalog.Adoptee{adoptee(1), gone}
			_, err := b.Adopt(t.Context(), ps, false)
			require.NoError(t, err)

			results, err := b.Adopt(t.Context(), ps, false)

			require.NoError(t, err)
			for _, result := range results {
				require.ErrorIs(t, result, catalog.ErrKnown)
			}
			require.Len(t, b.log(t, 0), 1)
			require.Equal(t, int64(1), b.head(t))
		},
		"RehearsedAdoptionStoresNothing": func(t *testing.T, b bundle) {
			there := b.create(t, product(1))
			taken, first, second := adoptee(2), adoptee(3), adoptee(4)
			taken.SKU, second.SKU = there.SKU, first.SKU

			results, err := b.Adopt(t.Context(), []catalog.Adoptee{adoptee(1), taken, first, second}, true)

			require.NoError(t, err)
			for i, want := range []error{catalog.ErrKnown, catalog.ErrSKUTaken, nil, catalog.ErrSKUTaken} {
				require.ErrorIs(t, results[i], want)
			}
			require.Len(t, b.log(t, 0), 1)
			require.Len(t, b.list(t, catalog.Filter{}).Items, 1)
		},
	}
}

func adoptee(n int) catalog.Adoptee { return catalog.Adoptee{Product: product(n)} }
