package userstest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/users"
)

// takeAway are the ways in which an admin stops being one.
var takeAway = map[string]func(*users.Account){
	"demote": demote, "deactivate": deactivate, "delete": remove,
}

func lastAdminStays(t *testing.T, s *subject) {
	last := s.create(t, admin(1))
	s.mustEdit(t, s.create(t, admin(2)).ID, deactivate)
	s.mustEdit(t, s.create(t, admin(3)).ID, remove)
	s.mustEdit(t, s.create(t, admin(4)).ID, demote)
	head := s.head(t)

	for name, apply := range takeAway {
		_, err := s.edit(t, last.ID, apply)
		require.ErrorIs(t, err, users.ErrLastAdmin, name)
		require.Equal(t, last, s.account(t, last.ID), name)
	}
	require.Equal(t, head, s.head(t))

	renamed := s.mustEdit(t, last.ID, func(a *users.Account) { a.Username = "renamed" })
	require.Equal(t, users.RoleAdmin, renamed.Role, "anything else about it may change")

	s.create(t, admin(5))
	require.Equal(t, users.RoleUser, s.mustEdit(t, last.ID, demote).Role, "no longer the last")
}

// oneOfTwoAdminsStays has two admins take each other's rights at once, a hundred
// times.
func oneOfTwoAdminsStays(t *testing.T, s *subject) {
	pair := []users.Account{s.create(t, admin(1)), s.create(t, admin(2))}
	rounds := []users.Change{
		change(users.ActionAssignRole, "", demote),
		change(users.ActionDeactivate, "", deactivate),
		change(users.ActionDelete, "", remove),
	}
	for round := range 100 {
		c := rounds[round%len(rounds)]
		errs := s.atOnce(pair, func(a users.Account) error {
			mine := c
			mine.By.ID = pair[0].ID
			if a.ID == pair[0].ID {
				mine.By.ID = pair[1].ID
			}
			_, err := s.Store.Update(t.Context(), a.ID, mine)
			return err
		})
		requireOneLost(t, errs)
		left, err := s.Rights.ActiveAdmins(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, left)
		for _, a := range pair {
			s.must(t, users.ActionRestore, a.ID, func(a *users.Account) {
				a.Role, a.IsActive, a.DeletedAt = users.RoleAdmin, true, time.Time{}
			})
		}
	}
}

func oneOfManyAdminsStays(t *testing.T, s *subject) {
	const n = 8
	var admins []users.Account
	for i := range n {
		admins = append(admins, s.create(t, admin(i)))
	}
	ways := []func(*users.Account){demote, deactivate, remove}
	errs := s.atOnce(admins, func(a users.Account) error {
		_, err := s.edit(t, a.ID, ways[int(a.AuthzVersion)%len(ways)])
		return err
	})
	requireOneLost(t, errs)
	left, err := s.Rights.ActiveAdmins(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, left)
}

func (s *subject) atOnce(accounts []users.Account, do func(users.Account) error) []error {
	errs := make([]error, len(accounts))
	var wg sync.WaitGroup
	for i, a := range accounts {
		wg.Go(func() { errs[i] = do(a) })
	}
	wg.Wait()
	return errs
}

func requireOneLost(t *testing.T, errs []error) {
	t.Helper()

	lost := 0
	for _, err := range errs {
		if errors.Is(err, users.ErrLastAdmin) {
			lost++
			continue
		}
		require.NoError(t, err)
	}
	require.Equal(t, 1, lost, "all but one go")
}

func activeAdminsAreCounted(t *testing.T, s *subject) {
	count := func() int {
		n, err := s.Rights.ActiveAdmins(t.Context())
		require.NoError(t, err)
		return n
	}
	require.Zero(t, count())

	s.create(t, account(1))
	for n := range 4 {
		s.create(t, admin(10+n))
	}
	require.Equal(t, 4, count())

	s.mustEdit(t, id(10), demote)
	s.mustEdit(t, id(11), deactivate)
	s.mustEdit(t, id(12), remove)
	require.Equal(t, 1, count())
}

func changedAccountsAreRevocations(t *testing.T, s *subject) {
	revocations := func(since time.Time) (users.Revocations, map[users.AccountID]int64) {
		r, err := s.Rights.Revocations(t.Context(), since)
		require.NoError(t, err)
		versions := map[users.AccountID]int64{}
		for _, item := range r.Items {
			versions[item.ID] = item.AuthzVersion
		}
		require.Len(t, versions, len(r.Items), "each account once")
		return r, versions
	}
	for n := range 3 {
		s.create(t, admin(n))
	}
	r, versions := revocations(start)
	require.Equal(t, int64(3), r.Seq)
	require.Empty(t, versions, "a new account has no older tokens")

	demoted := s.mustEdit(t, id(0), demote)
	removed := s.mustEdit(t, id(1), remove)
	r, versions = revocations(later)
	head, err := s.Log.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, head.Epoch, r.Epoch)
	require.Equal(t, int64(5), r.Seq)
	require.Equal(t, map[users.AccountID]int64{id(0): demoted.AuthzVersion, id(1): removed.AuthzVersion}, versions)

	_, versions = revocations(later.Add(time.Minute))
	require.Empty(t, versions)
}
