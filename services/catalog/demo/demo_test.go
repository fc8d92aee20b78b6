package demo_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/catalog"
	"stockroom/services/catalog/demo"
)

// shelf takes products as the catalog does, in memory.
type shelf struct {
	skus    map[catalog.SKU]bool
	commits int
	fail    error
}

func (s *shelf) Import(_ context.Context, drafts []catalog.Draft, _ catalog.AccountID) (int, catalog.Commit, error) {
	if s.fail != nil {
		return 0, catalog.Commit{}, s.fail
	}
	added := 0
	for _, d := range drafts {
		if !s.skus[d.SKU] {
			s.skus[d.SKU] = true
			added++
		}
	}
	s.commits++
	return added, catalog.Commit{}, nil
}

func TestProducts(t *testing.T) {
	t.Parallel()

	categories, skus, soldOut := map[string]int{}, map[catalog.SKU]bool{}, 0
	for i := range 2000 {
		p := demo.Product(i)
		require.NoError(t, p.Validate())
		require.Equal(t, p, demo.Product(i), "the same every time")
		categories[p.Category]++
		skus[p.SKU] = true
		if p.Stock == 0 {
			soldOut++
		}
	}
	require.Len(t, categories, 20)
	require.Len(t, skus, 2000)
	require.NotZero(t, soldOut)
	for category, n := range categories {
		require.Equal(t, 100, n, category)
	}
}

func TestLoadAddsWhatIsMissing(t *testing.T) {
	t.Parallel()

	s := &shelf{skus: map[catalog.SKU]bool{}}
	seen := 0
	progress := func(done int) {
		require.Greater(t, done, seen)
		seen = done
	}
	n, err := demo.Load(t.Context(), s, 250, progress)
	require.NoError(t, err)
	require.Equal(t, 250, n)
	require.Equal(t, 250, seen)
	require.Equal(t, 3, s.commits)

	seen = 0
	n, err = demo.Load(t.Context(), s, 300, progress)
	require.NoError(t, err)
	require.Equal(t, 50, n)
}

func TestLoadTellsWhatFailed(t *testing.T) {
	t.Parallel()

	full := errors.New("disk full")
	_, err := demo.Load(t.Context(), &shelf{fail: full}, 1, func(int) {})
	require.ErrorIs(t, err, full)
}
