package userstest

import (
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/users"
)

func administrativeChangesAreAudited(t *testing.T, s *subject) {
	boss := s.create(t, admin(1))
	a := s.create(t, account(2))

	_, err := s.Store.Update(t.Context(), a.ID, change(users.ActionEdit, boss.ID, func(a *users.Account) { a.Username = "Renamed" }))
	require.NoError(t, err)
	_, err = s.Store.Update(t.Context(), boss.ID, change(users.ActionDelete, boss.ID, remove))
	require.ErrorIs(t, err, users.ErrLastAdmin)
	operator := change(users.ActionAssignRole, "", func(a *users.Account) { a.Role = users.RoleAdmin })
	operator.By.Operator = true
	_, err = s.Store.Update(t.Context(), a.ID, operator)
	require.NoError(t, err)

	actors, err := s.Actors(t.Context())
	require.NoError(t, err)
	require.Equal(t, []users.AccountID{"", "", boss.ID, ""}, actors)

	trail := s.trail(t)
	require.Len(t, trail, 2)
	require.NotEmpty(t, trail[0].Personal.Salt)
	before, after := trail[0].Differences()
	require.Equal(t, users.Values{"username": "Person-2"}, before)
	require.Equal(t, users.Values{"username": "Renamed"}, after)
	require.Equal(t, users.Entry{
		Seq: 3, At: later, Account: a.ID, Actor: boss.ID, ActorName: boss.Username, Origin: users.OriginAccount,
		Action: users.ActionEdit, RequestID: "request-1",
		Before: users.Values{"username": nil}, After: users.Values{"username": nil}, Personal: trail[0].Personal,
		Digest: trail[0].Digest, Hash: trail[0].Hash,
	}, trail[0])
	require.Empty(t, trail[1].Digest)
	require.Equal(t, users.Entry{
		Seq: 4, At: later, Account: a.ID, Origin: users.OriginOperator, Action: users.ActionAssignRole, RequestID: "request-1",
		Before: users.Values{"role": "user"}, After: users.Values{"role": "admin"},
		Digest: trail[1].Digest, Hash: trail[1].Hash,
	}, trail[1])
}

func ownEditsAreNotAudited(t *testing.T, s *subject) {
	a := s.create(t, account(1))
	s.mustEdit(t, a.ID, func(a *users.Account) { a.Username = "renamed" })

	for _, action := range []users.Action{users.ActionChangePassword, users.ActionVerifyEmail} {
		_, err := s.Store.Update(t.Context(), a.ID, change(action, a.ID, func(a *users.Account) { a.Username += "+" }))
		require.NoError(t, err)
	}

	require.Empty(t, s.trail(t))
}

func auditComesByPages(t *testing.T, s *subject) {
	boss := s.create(t, admin(1))
	a, other := s.create(t, account(2)), s.create(t, account(3))
	for range 3 {
		s.must(t, users.ActionDeactivate, a.ID, deactivate)
		s.must(t, users.ActionDeactivate, other.ID, deactivate)
		s.must(t, users.ActionActivate, a.ID, func(a *users.Account) { a.IsActive = true })
		s.must(t, users.ActionActivate, other.ID, func(a *users.Account) { a.IsActive = true })
	}
	var got []int64
	for page := 1; page <= 3; page++ {
		p, err := s.Store.Audit(t.Context(), users.AuditQuery{Account: a.ID, Page: page, Size: 4})
		require.NoError(t, err)
		require.Equal(t, 6, p.Total)
		for _, e := range p.Items {
			require.Equal(t, a.ID, e.Account)
			require.Equal(t, boss.Username, e.ActorName)
			got = append(got, e.Seq)
		}
	}
	require.Equal(t, []int64{14, 12, 10, 8, 6, 4}, got, "the newest first")
	none, err := s.Store.Audit(t.Context(), users.AuditQuery{Account: boss.ID, Page: 1, Size: 4})
	require.NoError(t, err)
	require.Empty(t, none.Items)
	require.Zero(t, none.Total)
}

func trailIsWhatWasWritten(t *testing.T, s *subject) {
	require.Equal(t, users.Trail{}, s.verify(t))
	s.create(t, admin(1))
	for n := 2; n < 5; n++ {
		a := s.create(t, account(n))
		s.must(t, users.ActionEdit, a.ID, func(a *users.Account) {
			a.Username, a.Email = "\u00e9 <&> \"\\\u2028\U0001f98a"+a.Username, "Other."+a.Email
		})
		s.must(t, users.ActionEdit, a.ID, func(a *users.Account) { a.PasswordChange = "0190a000-0000-7000-8000-00000000abcd" })
		s.must(t, users.ActionDelete, a.ID, remove)
	}
	verified := s.verify(t)
	require.Equal(t, 9, verified.Rows)
	require.Zero(t, verified.Older)
	require.Equal(t, s.trail(t)[8].Hash, verified.Hash)

	s.must(t, users.ActionErase, id(2), erase)
	after := s.verify(t)
	require.Equal(t, 10, after.Rows)
	require.Equal(t, verified.Hash, s.trail(t)[8].Hash, "what was written stays")
}

func concurrentChangesAreChained(t *testing.T, s *subject) {
	s.create(t, admin(1))
	const n = 20
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		s.create(t, account(10+i))
		wg.Go(func() {
			_, errs[i] = s.Store.Update(t.Context(), id(10+i), change(users.ActionDeactivate, id(1), deactivate))
		})
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	require.Equal(t, n, s.verify(t).Rows)
}

// must has the first admin change an account.
func (s *subject) must(t *testing.T, action users.Action, id users.AccountID, apply func(*users.Account)) users.Account {
	t.Helper()

	a, err := s.Store.Update(t.Context(), id, change(action, account(1).ID, apply))
	require.NoError(t, err)
	return a
}

func (s *subject) verify(t *testing.T) users.Trail {
	t.Helper()

	trail, err := users.NewService(s.Store, nil, nil, nil, nil).VerifyTrail(t.Context())
	require.NoError(t, err)
	return trail
}

func whatOperatorsCreateIsAudited(t *testing.T, s *subject) {
	s.create(t, account(1))
	made, _, err := s.Store.Create(t.Context(), admin(2), users.Caller{Operator: true, RequestID: "request-2"})
	require.NoError(t, err)

	page, err := s.Store.Audit(t.Context(), users.AuditQuery{Account: made.ID, Page: 1, Size: 10})
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	entry := page.Items[0]
	require.Equal(t, users.ActionCreate, entry.Action)
	require.Equal(t, users.OriginOperator, entry.Origin)
	require.Equal(t, "request-2", entry.RequestID)
	require.Equal(t, made.AuthzVersion, entry.Seq)
	_, after := entry.Differences()
	require.Equal(t, "admin", after["role"])
	require.Equal(t, string(made.Email), after["email"])
	page, err = s.Store.Audit(t.Context(), users.AuditQuery{Account: id(1), Page: 1, Size: 10})
	require.NoError(t, err)
	require.Empty(t, page.Items)
}
