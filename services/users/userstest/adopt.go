package userstest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/users"
)

func adoptedAccountsAreOneCommit(t *testing.T, s *subject) {
	there := s.create(t, account(0))
	inactive, gone, odd := account(1), account(2), account(3)
	inactive.IsActive, inactive.Role = false, users.RoleAdmin
	gone.DeletedAt, gone.UpdatedAt = later, later
	odd.Email, odd.Username = "no address", "ada lovelace@home"
	as := []users.Account{inactive, gone, odd}

	results, err := s.Store.Adopt(t.Context(), as, false)

	require.NoError(t, err)
	require.Equal(t, []error{nil, nil, nil}, results)
	for _, a := range as {
		a.AuthzVersion = there.AuthzVersion + 1
		require.Equal(t, a, s.account(t, a.ID))
	}
	event := s.last(t)
	require.Equal(t, []string{string(id(1)), string(id(2)), string(id(3))}, event.IDs)
	require.Equal(t, string(users.KindAccount), event.Kind)
	actors, err := s.Actors(t.Context())
	require.NoError(t, err)
	require.Equal(t, []users.AccountID{"", ""}, actors)
	found, err := s.Store.AccountByUsername(t.Context(), "ADA LOVELACE@HOME")
	require.NoError(t, err)
	require.Equal(t, odd.ID, found.ID)
}

func adoptionLeavesOutWhatCannotBe(t *testing.T, s *subject) {
	there := s.create(t, account(0))
	same, email, name := account(0), account(1), account(2)
	same.Username = "other"
	email.Email = users.Email(twins["Greek"][0] + "@example.com")
	twin := account(3)
	twin.Email = users.Email(twins["Greek"][1] + "@EXAMPLE.com")
	name.Username = "pERSON-0"
	gone := account(4)
	gone.Email, gone.Username, gone.DeletedAt = there.Email, there.Username, later

	results, err := s.Store.Adopt(t.Context(), []users.Account{same, email, twin, name, gone}, false)

	require.NoError(t, err)
	require.Len(t, results, 5)
	for i, want := range []error{users.ErrUnchanged, nil, users.ErrEmailTaken, users.ErrUsernameTaken, nil} {
		require.ErrorIs(t, results[i], want)
	}
	require.Equal(t, there, s.account(t, there.ID))
	require.Equal(t, []string{string(email.ID), string(gone.ID)}, s.last(t).IDs)
	for _, refused := range []users.Account{twin, name} {
		_, err := s.Store.Account(t.Context(), refused.ID)
		require.ErrorIs(t, err, users.ErrAccountNotFound)
	}
}

func adoptingAgainCommitsNothing(t *testing.T, s *subject) {
	as := []users.Account{account(1), account(2)}
	_, err := s.Store.Adopt(t.Context(), as, false)
	require.NoError(t, err)
	edited := s.mustEdit(t, id(1), func(a *users.Account) { a.Username = "renamed" })
	head := s.head(t)

	results, err := s.Store.Adopt(t.Context(), as, false)

	require.NoError(t, err)
	for _, result := range results {
		require.ErrorIs(t, result, users.ErrUnchanged)
	}
	require.Equal(t, head, s.head(t))
	require.Equal(t, edited, s.account(t, id(1)))
}

func rehearsedAdoptionStoresNothing(t *testing.T, s *subject) {
	there := s.create(t, account(0))
	twin := account(2)
	twin.Email = "pERSON.1@example.com"
	taken := account(3)
	taken.Username = there.Username

	results, err := s.Store.Adopt(t.Context(), []users.Account{account(1), twin, taken, there}, true)

	require.NoError(t, err)
	for i, want := range []error{nil, users.ErrEmailTaken, users.ErrUsernameTaken, users.ErrUnchanged} {
		require.ErrorIs(t, results[i], want)
	}
	require.Equal(t, int64(1), s.head(t))
	_, err = s.Store.Account(t.Context(), id(1))
	require.ErrorIs(t, err, users.ErrAccountNotFound)
}

func knownAccountsAreTold(t *testing.T, s *subject) {
	known, err := s.Store.Known(t.Context(), []users.AccountID{id(1)})
	require.NoError(t, err)
	require.Empty(t, known)
	s.create(t, account(1))
	s.create(t, account(2))
	_, err = s.Store.Update(t.Context(), id(2), change(users.ActionDelete, id(1), remove))
	require.NoError(t, err)

	known, err = s.Store.Known(t.Context(), []users.AccountID{id(3), id(2), id(1)})
	require.NoError(t, err)
	require.ElementsMatch(t, []users.AccountID{id(1), id(2)}, known)
	known, err = s.Store.Known(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, known)
}
