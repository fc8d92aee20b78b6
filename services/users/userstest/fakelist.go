package userstest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"stockroom/pkg/fold"
	"stockroom/services/users"
)

// Accounts implements [users.Store].
func (s *Store) Accounts(_ context.Context, f users.Filter) (users.Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	all := slices.DeleteFunc(slices.Collect(maps.Values(s.accounts)), func(a users.Account) bool { return !passes(a, f) })
	slices.SortFunc(all, func(a, b users.Account) int {
		if !f.Ascending {
			a, b = b, a
		}
		return cmp.Or(compare(f.By, a, b), cmp.Compare(a.ID, b.ID))
	})
	return users.Page{Items: page(all, f.Offset(), f.Size), Total: len(all)}, nil
}

func passes(a users.Account, f users.Filter) bool {
	contains := func(text string) bool {
		return strings.Contains(users.SearchTerm(text), users.SearchTerm(f.Search))
	}
	return !a.Erased() && (f.Deleted || !a.Deleted()) &&
		(contains(string(a.Email)) || contains(string(a.Username))) &&
		(f.Role == "" || f.Role == a.Role) &&
		(f.IsActive == nil || *f.IsActive == a.IsActive)
}

func compare(by users.SortKey, a, b users.Account) int {
	switch by {
	case users.SortEmail:
		return strings.Compare(fold.String(string(a.Email)), fold.String(string(b.Email)))
	case users.SortUsername:
		return strings.Compare(fold.String(string(a.Username)), fold.String(string(b.Username)))
	}
	return a.CreatedAt.Compare(b.CreatedAt)
}

func page[T any](all []T, offset int64, size int) []T {
	from := min(offset, int64(len(all)))
	to := min(from+int64(size), int64(len(all)))
	return all[from:to]
}
