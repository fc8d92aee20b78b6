package userstest

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/users"
)

func updateIsStored(t *testing.T, s *subject) {
	a := s.create(t, account(1))
	require.Equal(t, a, s.account(t, a.ID)) // whoever caches has cached it

	got := s.mustEdit(t, a.ID, func(a *users.Account) {
		a.Email, a.Username, a.EmailVerified = "New@Example.com", "New-Name", true
	})
	want := a
	want.Email, want.Username, want.EmailVerified, want.UpdatedAt = "New@Example.com", "New-Name", true, later
	require.Equal(t, want, got, "the version of the rights stays as well")
	require.Equal(t, want, s.account(t, a.ID))

	found, err := s.Store.AccountByUsername(t.Context(), "new-name")
	require.NoError(t, err)
	require.Equal(t, want, found)
	_, err = s.Store.AccountByUsername(t.Context(), string(a.Username))
	require.ErrorIs(t, err, users.ErrAccountNotFound)
	found, err = s.Store.AccountByEmail(t.Context(), "new@example.COM")
	require.NoError(t, err)
	require.Equal(t, want, found)
	_, err = s.Store.AccountByEmail(t.Context(), string(a.Email))
	require.ErrorIs(t, err, users.ErrAccountNotFound)

	event := s.last(t)
	require.Equal(t, int64(2), event.Seq)
	require.Equal(t, []string{string(a.ID)}, event.IDs)
	require.Equal(t, string(users.KindAccount), event.Kind)
}

func failedUpdateIsRolledBack(t *testing.T, s *subject) {
	a := s.create(t, account(1))

	errStop := errors.New("stop")
	_, err := s.Store.Update(t.Context(), a.ID, users.Change{
		Action: users.ActionAssignRole, At: later,
		Apply: func(a *users.Account) error {
			a.Username, a.Role = "half-done", users.RoleAdmin
			return errStop
		},
	})
	require.ErrorIs(t, err, errStop)
	s.requireUntouched(t, a)
}

func refusedUpdateIsRolledBack(t *testing.T, s *subject) {
	taken := s.create(t, account(1))
	a := s.create(t, account(2))

	_, err := s.Store.Update(t.Context(), a.ID, change(users.ActionAssignRole, id(9), func(a *users.Account) {
		a.Role, a.Email = users.RoleAdmin, taken.Email
	}))
	require.ErrorIs(t, err, users.ErrEmailTaken)
	s.requireUntouched(t, a)
}

// requireUntouched checks that nothing has been committed since a was created.
func (s *subject) requireUntouched(t *testing.T, a users.Account) {
	t.Helper()

	require.Equal(t, a, s.account(t, a.ID))
	require.Equal(t, a.AuthzVersion, s.head(t))
	require.Equal(t, a.AuthzVersion, s.last(t).Seq)
	require.Empty(t, s.trail(t))
}

func nothingChangedCommitsNothing(t *testing.T, s *subject) {
	a := s.create(t, account(1))

	got, err := s.Store.Update(t.Context(), a.ID, change(users.ActionAssignRole, id(9), demote))
	require.NoError(t, err)
	require.Equal(t, a, got)
	s.requireUntouched(t, a)
}

func unexpectedVersionIsRefused(t *testing.T, s *subject) {
	a := s.create(t, account(1))
	c := change(users.ActionEdit, a.ID, func(a *users.Account) { a.Username = "renamed" })
	for _, stale := range []users.Versions{{}, {a.Version() - 1, a.Version() + 1}} {
		c.By.Expects = stale
		_, err := s.Store.Update(t.Context(), a.ID, c)
		require.ErrorIs(t, err, users.ErrVersionConflict)
		s.requireUntouched(t, a)
	}
	c.By.Expects = users.Versions{1, a.Version()}
	renamed, err := s.Store.Update(t.Context(), a.ID, c)
	require.NoError(t, err)
	require.Greater(t, renamed.Version(), a.Version())
}

func missingAccountIsNotFound(t *testing.T, s *subject) {
	_, err := s.edit(t, id(1), deactivate)
	require.ErrorIs(t, err, users.ErrAccountNotFound)

	a := s.create(t, account(1))
	a = s.mustEdit(t, a.ID, remove)
	require.True(t, a.Deleted())
	require.Equal(t, a, s.account(t, a.ID), "the record is still to be had")

	for name, apply := range map[string]func(*users.Account){
		"edit": deactivate, "delete again": remove,
		"restore": func(a *users.Account) { a.DeletedAt = time.Time{} },
	} {
		_, err = s.edit(t, a.ID, apply)
		require.ErrorIs(t, err, users.ErrAccountNotFound, name)
	}
	require.Equal(t, a, s.account(t, a.ID))
	require.Equal(t, int64(2), s.head(t))
}

func ownNamesMayChangeCase(t *testing.T, s *subject) {
	a := s.create(t, account(1))

	got := s.mustEdit(t, a.ID, func(a *users.Account) {
		a.Email = users.Email(strings.ToUpper(string(a.Email)))
		a.Username = users.Username(strings.ToUpper(string(a.Username)))
	})
	require.Equal(t, users.Username("PERSON-1"), got.Username)
	require.Equal(t, got, s.account(t, a.ID))
}

func concurrentUpdatesAllCount(t *testing.T, s *subject) {
	a := s.create(t, account(1))

	const n = 20
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { _, errs[i] = s.edit(t, a.ID, func(a *users.Account) { a.Username += "+" }) })
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))

	got := s.account(t, a.ID)
	require.Equal(t, a.Username+users.Username(strings.Repeat("+", n)), got.Username)
	require.Equal(t, later.Add((n-1)*time.Microsecond), got.UpdatedAt, "changes of one moment are still told apart")
}

func changedRightsRaiseTheVersion(t *testing.T, s *subject) {
	s.create(t, admin(1))
	n := 1
	for name, apply := range map[string]func(*users.Account){
		"role":     func(a *users.Account) { a.Role = users.RoleAdmin },
		"status":   deactivate,
		"deletion": remove,
		"password": func(a *users.Account) { a.PasswordChange = "0190a000-0000-7000-8000-00000000abcd" },
		"with names": func(a *users.Account) {
			a.Role, a.Username = users.RoleAdmin, "renamed"
		},
	} {
		n++
		before := s.create(t, account(n))
		after := s.mustEdit(t, before.ID, apply)

		event := s.last(t)
		require.Equal(t, string(users.KindAuthz), event.Kind, name)
		require.Equal(t, []string{string(before.ID)}, event.IDs, name)
		require.Greater(t, event.Seq, before.AuthzVersion, name)
		require.Equal(t, event.Seq, after.AuthzVersion, name)
		require.Equal(t, after, s.account(t, before.ID), name)
	}
}

func lettingInAgainIsRemembered(t *testing.T, s *subject) {
	a := s.create(t, account(1))
	require.Zero(t, a.ReinstatedVersion)
	require.Zero(t, s.mustEdit(t, a.ID, deactivate).ReinstatedVersion)
	activated := s.mustEdit(t, a.ID, func(a *users.Account) { a.IsActive = true })
	require.Equal(t, activated.AuthzVersion, activated.ReinstatedVersion)
	require.Equal(t, activated, s.account(t, a.ID))

	promoted := s.mustEdit(t, a.ID, func(a *users.Account) { a.Role = users.RoleAdmin })
	require.Equal(t, activated.ReinstatedVersion, promoted.ReinstatedVersion)

	s.create(t, admin(2))
	s.mustEdit(t, a.ID, remove)
	restored, err := s.Store.Update(t.Context(), a.ID, users.Change{
		Action: users.ActionRestore, At: later, Apply: func(a *users.Account) error { a.DeletedAt = time.Time{}; return nil },
	})
	require.NoError(t, err)
	require.Equal(t, restored.AuthzVersion, restored.ReinstatedVersion)
	require.Greater(t, restored.ReinstatedVersion, activated.ReinstatedVersion)
	require.Equal(t, restored, s.account(t, a.ID))
}

func logIsGapless(t *testing.T, s *subject) {
	const n = 12
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if _, _, err := s.Store.Create(t.Context(), account(i), users.Caller{}); err != nil {
				t.Error(err)
			}
			_, _, err := s.Store.Create(t.Context(), admin(i), users.Caller{}) // refused
			if !errors.Is(err, users.ErrAccountExists) {
				t.Errorf("want %v, got %v", users.ErrAccountExists, err)
			}
			if _, err := s.edit(t, id(i), deactivate); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()

	events := s.events(t)
	require.Len(t, events, 2*n)
	for i, event := range events {
		require.Equal(t, int64(i+1), event.Seq)
	}
	require.Equal(t, int64(2*n), s.head(t))
}
