package catalogtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/catalog"
)

func writes() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"CreatedProductIsFound": func(t *testing.T, b bundle) {
			want := product(1)
			_, asOf, err := b.Product(t.Context(), want.ID)
			require.ErrorIs(t, err, catalog.ErrProductNotFound)
			require.Zero(t, asOf)

			got, commit, err := b.Create(t.Context(), want, actor)
			require.NoError(t, err)
			want.Version = 1
			require.Equal(t, want, got)
			require.Equal(t, catalog.Commit{Epoch: Epoch, Seq: 1}, commit)

			got, asOf, err = b.Product(t.Context(), want.ID)
			require.NoError(t, err)
			require.Equal(t, want, got)
			require.Equal(t, int64(1), asOf)
			require.Equal(t, []catalog.Product{want}, b.list(t, catalog.Filter{}).Items)
		},
		"EveryValueSurvives": func(t *testing.T, b bundle) {
			for n, edit := range []func(*catalog.Product){
				func(p *catalog.Product) { p.Description, p.Category = "", "" },
				func(p *catalog.Product) { p.Price, p.Stock = 0, 0 },
				func(p *catalog.Product) { p.Price, p.Stock = catalog.MaxPrice, catalog.MaxStock },
				func(p *catalog.Product) { p.Price = 1 },
				func(p *catalog.Product) { p.Name = "\uffff \ufffd 'quoted' \"x\" \\ %_ e\u0301 İ 世界 🦊" },
			} {
				want := b.create(t, product(n), edit)
				require.Equal(t, want, b.found(t, want.ID))
			}
		},
		"UpdatedProductIsFound": func(t *testing.T, b bundle) {
			p, other := b.create(t, product(1)), b.create(t, product(2))
			require.Equal(t, p, b.found(t, p.ID)) // a cache would hold it from here on
			require.Len(t, b.list(t, catalog.Filter{}).Items, 2)

			want := p
			want.Name, want.Description, want.Category, want.SKU = "New", "", "Other", "NEW"
			want.Price, want.Stock, want.UpdatedAt = 5, 0, start.Add(time.Hour)
			got, commit, err := b.Update(t.Context(), p.ID, func(p *catalog.Product) error {
				*p = want
				return nil
			}, actor)
			require.NoError(t, err)
			want.Version = 3
			require.Equal(t, want, got)
			require.Equal(t, int64(3), commit.Seq)
			require.Equal(t, want, b.found(t, p.ID))
			require.Equal(t, []catalog.Product{want, other}, b.list(t, catalog.Filter{}).Items)
		},
		"UpdateIsSearchableByNewTextOnly": func(t *testing.T, b bundle) {
			p := b.create(t, product(1), func(p *catalog.Product) { p.Name = "Before" })
			require.Len(t, b.list(t, catalog.Filter{Search: "before"}).Items, 1)
			_, _, err := b.Update(t.Context(), p.ID, func(p *catalog.Product) error {
				p.Name = "After"
				return nil
			}, actor)
			require.NoError(t, err)
			require.Empty(t, b.list(t, catalog.Filter{Search: "before"}).Items)
			require.Empty(t, b.list(t, catalog.Filter{Name: "before"}).Items)
			require.Len(t, b.list(t, catalog.Filter{Search: "after", Name: "AFTER"}).Items, 1)
		},
		"DeletedProductIsGone": func(t *testing.T, b bundle) {
			p := b.create(t, product(1))
			require.Equal(t, p, b.found(t, p.ID))
			require.Len(t, b.list(t, catalog.Filter{}).Items, 1)

			commit, err := b.delete(t.Context(), p.ID)
			require.NoError(t, err)
			require.Equal(t, catalog.Commit{Epoch: Epoch, Seq: 2}, commit)

			_, asOf, err := b.Product(t.Context(), p.ID)
			require.ErrorIs(t, err, catalog.ErrProductNotFound)
			require.Equal(t, int64(2), asOf)
			page := b.list(t, catalog.Filter{Search: "product"})
			require.Empty(t, page.Items)
			require.Zero(t, page.Total)
			require.Equal(t, int64(2), page.AsOf)
		},
		"SKUOfDeletedProductIsFree": func(t *testing.T, b bundle) {
			p := b.create(t, product(1))
			_, err := b.delete(t.Context(), p.ID)
			require.NoError(t, err)
			again := b.create(t, product(2), func(q *catalog.Product) { q.SKU = p.SKU })
			require.Equal(t, p.SKU, b.found(t, again.ID).SKU)
			_, err = b.delete(t.Context(), again.ID)
			require.NoError(t, err, "several deleted products may have had one SKU")
		},
		"EveryCommitIsLogged": func(t *testing.T, b bundle) {
			p := b.create(t, product(1))
			_, _, err := b.Update(t.Context(), p.ID, func(p *catalog.Product) error {
				p.Stock++
				return nil
			}, "") // nobody in particular
			require.NoError(t, err)
			_, err = b.delete(t.Context(), p.ID)
			require.NoError(t, err)

			id := []string{string(p.ID)}
			require.Equal(t, []Commit{
				{Seq: 1, IDs: id, Lists: true, Kind: catalog.KindCreated},
				{Seq: 2, IDs: id, Lists: true, Kind: catalog.KindUpdated},
				{Seq: 3, IDs: id, Lists: true, Kind: catalog.KindDeleted},
			}, b.log(t, 0))
			require.Len(t, b.log(t, 2), 1)
		},
	}
}

func imports() map[string]func(*testing.T, bundle) {
	return map[string]func(*testing.T, bundle){
		"ManyAreOneCommit": func(t *testing.T, b bundle) {
			b.create(t, product(0))
			many := []catalog.Product{product(1), product(2), product(3)}
			many[1].Description, many[1].Category = "", ""
			n, commit, err := b.CreateMany(t.Context(), many, actor)
			require.NoError(t, err)
			require.Equal(t, 3, n)
			require.Equal(t, catalog.Commit{Epoch: Epoch, Seq: 2}, commit)
			for i := range many {
				many[i].Version = 2
				require.Equal(t, many[i], b.found(t, many[i].ID))
			}
			require.Len(t, b.list(t, catalog.Filter{Search: "PRODUCT"}).Items, 4)
			logged := b.log(t, 1)
			require.Len(t, logged, 1)
			require.ElementsMatch(t, ids(many), logged[0].IDs)
			require.True(t, logged[0].Lists)
		},
		"TakenSKUsAreLeftOut": func(t *testing.T, b bundle) {
			taken := b.create(t, product(1))
			many := []catalog.Product{product(2), product(3), product(4)}
			many[0].SKU, many[2].SKU = taken.SKU, many[1].SKU
			n, commit, err := b.CreateMany(t.Context(), many, actor)
			require.NoError(t, err)
			require.Equal(t, 1, n)
			require.Equal(t, int64(2), commit.Seq)
			require.Equal(t, []string{string(taken.ID), string(many[1].ID)}, ids(b.list(t, catalog.Filter{}).Items))
			require.Equal(t, []string{string(many[1].ID)}, b.log(t, 1)[0].IDs)
		},
		"NoneIsNoCommit": func(t *testing.T, b bundle) {
			taken := b.create(t, product(1))
			many := []catalog.Product{product(2)}
			many[0].SKU = taken.SKU
			n, commit, err := b.CreateMany(t.Context(), many, actor)
			require.NoError(t, err)
			require.Zero(t, n)
			require.Equal(t, catalog.Commit{Epoch: Epoch, Seq: 1}, commit)
			require.Len(t, b.log(t, 0), 1)
		},
		"AThousandAreOneCommit": func(t *testing.T, b bundle) {
			many := make([]catalog.Product, catalog.MaxImport)
			for i := range many {
				many[i] = product(i)
			}
			n, commit, err := b.CreateMany(t.Context(), many, "")
			require.NoError(t, err)
			require.Equal(t, len(many), n)
			require.Equal(t, int64(1), commit.Seq)
			require.Equal(t, int64(len(many)), b.list(t, catalog.Filter{}).Total)
		},
	}
}
