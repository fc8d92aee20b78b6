package catalogtest

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/services/catalog"
)

var errRefused = errors.New("refused")

func refusals() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"TakenSKUIsRefused": func(t *testing.T, b bundle) {
			p := b.create(t, product(1))
			q := product(2)
			q.SKU = p.SKU
			_, _, err := b.Create(t.Context(), q, actor)
			require.ErrorIs(t, err, catalog.ErrSKUTaken)
			refused, ok := errors.AsType[*errs.Error](err)
			require.True(t, ok)
			require.Equal(t, `Another product has the SKU "SKU-1".`, refused.Detail)
			require.Equal(t, "/sku", refused.Fields[0].Pointer)

			q = b.create(t, product(3))
			_, _, err = b.Update(t.Context(), q.ID, func(q *catalog.Product) error {
				q.SKU = p.SKU
				return nil
			}, actor)
			require.ErrorIs(t, err, catalog.ErrSKUTaken)
			b.unchanged(t, 2, p, q)
		},
		"SKUsDifferByLetterCase": func(t *testing.T, b bundle) {
			b.create(t, product(1), func(p *catalog.Product) { p.SKU = "a-1" })
			b.create(t, product(2), func(p *catalog.Product) { p.SKU = "A-1" })
		},
		"FailedUpdateIsRolledBack": func(t *testing.T, b bundle) {
			p := b.create(t, product(1))
			_, _, err := b.Update(t.Context(), p.ID, func(p *catalog.Product) error {
				p.Name = "half-changed"
				return errRefused
			}, actor)
			require.ErrorIs(t, err, errRefused)
			b.unchanged(t, 1, p)
		},
		"RefusedDeleteIsRolledBack": func(t *testing.T, b bundle) {
			p := b.create(t, product(1))
			var shown catalog.Product
			_, err := b.Delete(t.Context(), p.ID, start, func(p catalog.Product) error {
				shown = p
				return errRefused
			}, actor)
			require.ErrorIs(t, err, errRefused)
			require.Equal(t, p, shown)
			b.unchanged(t, 1, p)
		},
		"ChangeOfNothingIsNoCommit": func(t *testing.T, b bundle) {
			p := b.create(t, product(1))
			b.create(t, product(2))
			got, commit, err := b.Update(t.Context(), p.ID, func(*catalog.Product) error { return nil }, actor)
			require.NoError(t, err)
			require.Equal(t, p, got)
			require.Equal(t, catalog.Commit{Epoch: Epoch, Seq: 2}, commit)
			require.Len(t, b.log(t, 0), 2)
			require.Equal(t, int64(2), b.head(t))
			require.Equal(t, int64(3), b.create(t, product(3)).Version, "the number that was not used is not lost")
		},
		"AbsentProductIsNotFound": func(t *testing.T, b bundle) {
			deleted := b.create(t, product(1))
			_, err := b.delete(t.Context(), deleted.ID)
			require.NoError(t, err)

			for _, id := range []catalog.ProductID{deleted.ID, product(2).ID} {
				_, asOf, err := b.Product(t.Context(), id)
				require.ErrorIs(t, err, catalog.ErrProductNotFound)
				require.Equal(t, int64(2), asOf)
				_, _, err = b.Update(t.Context(), id, func(p *catalog.Product) error {
					p.Stock++
					return nil
				}, actor)
				require.ErrorIs(t, err, catalog.ErrProductNotFound)
				_, err = b.delete(t.Context(), id)
				require.ErrorIs(t, err, catalog.ErrProductNotFound)
			}
			b.unchanged(t, 2)
		},
	}
}

// unchanged requires that head is the last commit and products are all there is.
func (b bundle) unchanged(t *testing.T, head int64, products ...catalog.Product) {
	t.Helper()

	page := b.list(t, catalog.Filter{})
	require.Equal(t, head, page.AsOf)
	require.Len(t, page.Items, len(products))
	for i, p := range products {
		require.Equal(t, p, page.Items[i])
		require.Equal(t, p, b.found(t, p.ID))
	}
	require.Len(t, b.log(t, 0), int(head))
}
