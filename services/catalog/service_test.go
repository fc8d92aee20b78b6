package catalog_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/services/catalog"
	"stockroom/services/catalog/catalogtest"
)

const id catalog.ProductID = "00000000-0000-7000-8000-000000000001"

// bundle is a service on a store in memory, and its clock.
type bundle struct {
	*catalog.Service
	store *catalogtest.Store
	now   *time.Time
}

func newBundle() bundle {
	now := time.Date(2026, 1, 2, 3, 4, 5, 123456789, time.FixedZone("CET", 3600))
	store := catalogtest.New()
	svc := catalog.NewService(store, func() time.Time { return now }, func() catalog.ProductID { return id })
	return bundle{svc, store, &now}
}

func draft() catalog.Draft {
	return catalog.Draft{Name: "Lamp", Description: "Bright", Category: "Light", SKU: "L-1", Price: 1999, Stock: 3}
}

// pointers returns which members err complains about.
func pointers(t *testing.T, err error) []string {
	t.Helper()

	require.ErrorIs(t, err, errs.ErrValidation)
	e, _ := errors.AsType[*errs.Error](err)
	var all []string
	for _, f := range e.Fields {
		all = append(all, f.Pointer+f.Parameter)
	}
	return all
}

func TestCreate(t *testing.T) {
	t.Parallel()

	b := newBundle()
	d := draft()
	d.Name, d.SKU, d.Category, d.Description = "\t Lamp ", "\u00a0L-1\n", "  ", " Very  bright "
	p, commit, err := b.Create(t.Context(), d, "")
	require.NoError(t, err)
	at := time.Date(2026, 1, 2, 2, 4, 5, 123456000, time.UTC)
	require.Equal(t, catalog.Product{
		ID: id, Name: "Lamp", Description: "Very  bright", SKU: "L-1", Price: 1999, Stock: 3, CreatedAt: at, UpdatedAt: at, Version: 1,
	}, p)
	require.Equal(t, catalog.Commit{Epoch: 1, Seq: 1}, commit)
}

func TestLimits(t *testing.T) {
	t.Parallel()

	long := func(n int) string { return strings.Repeat("ß", n) }
	for name, tt := range map[string]struct {
		edit func(*catalog.Draft)
		want []string
	}{
		"Longest": {func(d *catalog.Draft) {
			d.Name, d.Category, d.SKU = long(255), long(100), catalog.SKU(long(50))
			d.Description, d.Price, d.Stock = strings.Repeat("x", 64<<10), catalog.MaxPrice, catalog.MaxStock
		}, nil},
		"Least": {func(d *catalog.Draft) { *d = catalog.Draft{Name: "n", SKU: "s"} }, nil},
		"TooLong": {func(d *catalog.Draft) {
			d.Name, d.Category, d.SKU = long(256), long(101), catalog.SKU(long(51))
			d.Description, d.Price, d.Stock = long(32<<10)+"x", catalog.MaxPrice+1, catalog.MaxStock+1
		}, []string{"/name", "/description", "/category", "/sku", "/price", "/stock"}},
		"Blank":    {func(d *catalog.Draft) { d.Name, d.SKU = " \t\n", "\u2003" }, []string{"/name", "/sku"}},
		"Negative": {func(d *catalog.Draft) { d.Price, d.Stock = -1, -1 }, []string{"/price", "/stock"}},
		"NUL": {func(d *catalog.Draft) {
			d.Name, d.Description, d.Category, d.SKU = "a\x00", "a\x00", "a\x00", "a\x00"
		}, []string{"/name", "/description", "/category", "/sku"}},
		"NotUTF8": {func(d *catalog.Draft) { d.Name, d.Description = "a\xff", "\xed\xa0\x80" }, []string{"/name", "/description"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			b, d := newBundle(), draft()
			tt.edit(&d)
			_, _, err := b.Create(t.Context(), d, "")
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			require.Equal(t, tt.want, pointers(t, err))
			_, _, err = b.Update(t.Context(), id, changesOf(d), nil, "")
			require.Equal(t, tt.want, pointers(t, err))
		})
	}
}

func changesOf(d catalog.Draft) catalog.Changes {
	return catalog.Changes{
		Name: &d.Name, Description: &d.Description, Category: &d.Category, SKU: &d.SKU, Price: &d.Price, Stock: &d.Stock,
	}
}

func TestUpdateChangesOnlyWhatIsGiven(t *testing.T) {
	t.Parallel()

	b := newBundle()
	before, _, err := b.Create(t.Context(), draft(), "")
	require.NoError(t, err)
	*b.now = b.now.Add(time.Hour)

	name, none := " Torch ", ""
	p, commit, err := b.Update(t.Context(), id, catalog.Changes{Name: &name, Category: &none}, nil, "")
	require.NoError(t, err)
	want := before
	want.Name, want.Category, want.Version, want.UpdatedAt = "Torch", "", 2, before.UpdatedAt.Add(time.Hour)
	require.Equal(t, want, p)
	require.Equal(t, int64(2), commit.Seq)
	require.Equal(t, " Torch ", name, "the caller's text is the caller's")
}

func TestUpdateThatChangesNothingIsNoCommit(t *testing.T) {
	t.Parallel()

	b := newBundle()
	before, _, err := b.Create(t.Context(), draft(), "")
	require.NoError(t, err)
	*b.now = b.now.Add(time.Hour)

	for _, c := range []catalog.Changes{{}, changesOf(draft())} {
		p, commit, err := b.Update(t.Context(), id, c, nil, "")
		require.NoError(t, err)
		require.Equal(t, before, p)
		require.Equal(t, int64(1), commit.Seq)
	}
	require.Len(t, b.store.Log(0), 1)
}

func TestExpectedVersions(t *testing.T) {
	t.Parallel()

	b := newBundle()
	_, _, err := b.Create(t.Context(), draft(), "")
	require.NoError(t, err)

	stock := int64(9)
	for _, stale := range []catalog.Versions{{}, {0}, {2, 3}} {
		_, _, err = b.Update(t.Context(), id, catalog.Changes{Stock: &stock}, stale, "")
		require.ErrorIs(t, err, catalog.ErrVersionConflict)
		_, err = b.Delete(t.Context(), id, stale, "")
		require.ErrorIs(t, err, catalog.ErrVersionConflict)
	}
	_, _, err = b.Update(t.Context(), id, catalog.Changes{Stock: &stock}, catalog.Versions{7, 1}, "")
	require.NoError(t, err)
	_, err = b.Delete(t.Context(), id, catalog.Versions{2}, "")
	require.NoError(t, err)
}

func TestQueryRules(t *testing.T) {
	t.Parallel()

	b := newBundle()
	_, err := b.Products(t.Context(), catalog.Query{
		Filter: catalog.Filter{Name: "\x00", Search: "\xff", Category: "\x00"}, Sort: catalog.Sort{By: "id; drop"}, Size: 101,
	})
	require.Equal(t, []string{"name", "q", "category", "page", "page_size", "sort_by"}, pointers(t, err))
	_, err = b.Products(t.Context(), anyQuery())
	require.NoError(t, err)
}

func TestImport(t *testing.T) {
	t.Parallel()

	b := newBundle()
	n, _, err := b.Import(t.Context(), []catalog.Draft{draft(), {Name: "x"}}, "")
	require.Equal(t, []string{"/sku"}, pointers(t, err))
	require.Zero(t, n)
	n, commit, err := b.Import(t.Context(), []catalog.Draft{draft(), draft()}, "")
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, int64(1), commit.Seq)
	_, _, err = b.Import(t.Context(), make([]catalog.Draft, catalog.MaxImport+1), "")
	require.ErrorContains(t, err, "at most 1000")
}
