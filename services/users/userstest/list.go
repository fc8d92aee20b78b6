package userstest

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/users"
)

func pagesHoldEachAccountOnce(t *testing.T, s *subject) {
	const n, size = 25, 4
	order := []int{}
	for i := range n { // seven of each moment
		a := account(i)
		a.CreatedAt = start.Add(time.Duration(i/7) * time.Second)
		a.UpdatedAt = a.CreatedAt
		s.create(t, a)
	}
	for i := n - 1; i >= 0; i-- {
		order = append(order, i)
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

func listIsFiltered(t *testing.T, s *subject) {
	s.create(t, admin(1))
	s.create(t, account(2))
	s.mustEdit(t, s.create(t, account(3)).ID, deactivate)
	s.mustEdit(t, s.create(t, admin(4)).ID, deactivate)
	s.mustEdit(t, s.create(t, account(5)).ID, remove)
	s.must(t, users.ActionErase, s.create(t, account(6)).ID, erase)

	for name, tt := range map[string]struct {
		f    users.Filter
		want []int
	}{
		"All":             {users.Filter{}, []int{1, 2, 3, 4}},
		"Admins":          {users.Filter{Role: users.RoleAdmin}, []int{1, 4}},
		"Users":           {users.Filter{Role: users.RoleUser}, []int{2, 3}},
		"Active":          {users.Filter{IsActive: new(true)}, []int{1, 2}},
		"Inactive":        {users.Filter{IsActive: new(false)}, []int{3, 4}},
		"WithDeleted":     {users.Filter{Deleted: true}, []int{1, 2, 3, 4, 5}},
		"DeletedByName":   {users.Filter{Deleted: true, Search: "person-5"}, []int{5}},
		"NoDeletedByName": {users.Filter{Search: "person-5"}, nil},
		"NoErasedByName":  {users.Filter{Deleted: true, Search: "person-6"}, nil},
		"NoErased":        {users.Filter{Deleted: true, Search: "nobody"}, nil},
		"AllAtOnce":       {users.Filter{Role: users.RoleAdmin, IsActive: new(false), Search: "4@EX", Deleted: true}, []int{4}},
		"Injection":       {users.Filter{Search: "' OR 1=1 --"}, nil},
	} {
		tt.f.Page, tt.f.Size = 1, 100
		p, err := s.Store.Accounts(t.Context(), tt.f)
		require.NoError(t, err, name)
		var want []users.AccountID
		for _, n := range tt.want {
			want = append(want, id(n))
		}
		require.ElementsMatch(t, want, ids(p.Items), name)
		require.Equal(t, len(want), p.Total, name)
	}
}

func searchIsLiteralInAnyCase(t *testing.T, s *subject) {
	for n, tt := range []struct {
		username, email string
		found, missed   []string
	}{
		{"100%_cotton", "a0@example.com", []string{"100%", "%", "_", "COTTON", "A0@Ex"}, []string{"100_", "0%cotton", "a_@"}},
		{`back\slash`, "a1@example.com", []string{`\`, `k\s`, `K\S`}, []string{`\\`, `\%`}},
		{"İstanbul", "a2@example.com", []string{"i\u0307stanbul", "İSTANBUL", "stan"}, []string{"ıstanbul", "istanbul"}},
		{"Straße", "groß@example.com", []string{"STRASSE", "straße", "ß", "GROSS@", "ẞ"}, []string{"strase"}},
		{"ΟΔΥΣΣΕΥΣ", "a4@example.com", []string{"οδυσσευς", "ς", "Σ"}, []string{"οδυσσεύς"}},
		{"Ꮳ世界🦊x", "a5@example.com", []string{"ꮳ", "世", "界🦊", "🦊", "X"}, []string{"🦉"}},
		{"odd\uffffname", "a6@example.com", []string{"\uffff", "\ufffd", "odd\uffffname"}, []string{"com\uffffodd", "comodd"}},
	} {
		a := account(n)
		a.Username, a.Email = users.Username(tt.username), users.Email(tt.email)
		s.create(t, a)
		search := func(term string) []users.AccountID {
			p, err := s.Store.Accounts(t.Context(), users.Filter{Page: 1, Size: 100, Search: term})
			require.NoError(t, err)
			return ids(p.Items)
		}
		for _, term := range tt.found {
			require.Contains(t, search(term), a.ID, "%q in %q", term, tt.username)
		}
		for _, term := range tt.missed {
			require.NotContains(t, search(term), a.ID, "%q in %q", term, tt.username)
		}
		s.mustEdit(t, a.ID, func(a *users.Account) { a.Username = users.Username(fmt.Sprintf("moved-on-%d", n)) })
		require.NotContains(t, search(tt.username), a.ID, "its old name")
		require.Contains(t, search(fmt.Sprintf("ED-ON-%d", n)), a.ID)
	}
}

func listIsOrdered(t *testing.T, s *subject) {
	names := []string{"Zoe", "adam", "Ömer", "_x", "Bea", "\U00010000", "\uffee", "éva"}
	for n, name := range names {
		a := account(n)
		a.Username, a.Email = users.Username(name), users.Email(fmt.Sprintf("%d%s@example.com", 9-n, name))
		a.CreatedAt = start.Add(time.Duration(n/3) * time.Second)
		s.create(t, a)
	}
	for by, want := range map[users.SortKey][]int{
		"":                  {0, 1, 2, 3, 4, 5, 6, 7},
		users.SortCreatedAt: {0, 1, 2, 3, 4, 5, 6, 7},
		users.SortEmail:     {7, 6, 5, 4, 3, 2, 1, 0},
		users.SortUsername:  {3, 1, 4, 0, 7, 2, 6, 5},
	} {
		for _, ascending := range []bool{true, false} {
			var got, wanted []users.AccountID
			for page := 1; page <= 3; page++ {
				p, err := s.Store.Accounts(t.Context(), users.Filter{Page: page, Size: 3, By: by, Ascending: ascending})
				require.NoError(t, err)
				got = append(got, ids(p.Items)...)
			}
			for _, n := range want {
				wanted = append(wanted, id(n))
			}
			if !ascending {
				slices.Reverse(wanted)
			}
			require.Equal(t, wanted, got, "%q, ascending %t", by, ascending)
		}
	}
}

func ids(all []users.Account) (ids []users.AccountID) {
	for _, a := range all {
		ids = append(ids, a.ID)
	}
	return ids
}
