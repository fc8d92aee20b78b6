package userstest

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/users"
)

func pagesHoldEachAccountOnce(t *testing.T, s *subject) {
	const n, size = 25, 4
	order := []int{}
	for i := n - 1; i >= 0; i-- { // IDs against the order of creation
		a := account(i)
		a.CreatedAt = start.Add(time.Duration(i/7) * time.Second) // seven of each moment
		a.UpdatedAt = a.CreatedAt
		s.create(t, a)
	}
	for moment := n / 7; moment >= 0; moment-- {
		for i := moment * 7; i < min(n, (moment+1)*7); i++ {
			order = append(order, i)
		}
	}
	s.mustEdit(t, id(3), remove)

	var want, got []users.AccountID
	for _, i := range order {
		if i != 3 {
			want = append(want, id(i))
		}
	}
	for page := 1; page <= n/size+1; page++ {
		p, err := s.Store.Accounts(t.Context(), users.Filter{Page: page, Size: size})
		require.NoError(t, err)
		require.Equal(t, n-1, p.Total)
		require.LessOrEqual(t, len(p.Items), size)
		for _, a := range p.Items {
			got = append(got, a.ID)
			require.Equal(t, s.account(t, a.ID), a)
		}
	}
	require.Equal(t, want, got)

	for _, page := range []int{n, math.MaxInt64} {
		p, err := s.Store.Accounts(t.Context(), users.Filter{Page: page, Size: size})
		require.NoError(t, err)
		require.Empty(t, p.Items)
		require.Equal(t, n-1, p.Total)
	}
}

func emptyListHasAPage(t *testing.T, s *subject) {
	p, err := s.Store.Accounts(t.Context(), users.Filter{Page: 1, Size: 10})
	require.NoError(t, err)
	require.Empty(t, p.Items)
	require.Zero(t, p.Total)
}
