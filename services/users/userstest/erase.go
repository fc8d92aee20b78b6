package userstest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/users"
)

func deletedAccountIsRestored(t *testing.T, s *subject) {
	s.create(t, admin(1))
	a := s.create(t, account(2))
	deleted := s.must(t, users.ActionDelete, a.ID, remove)

	got := s.must(t, users.ActionRestore, a.ID, restore)
	require.Equal(t, string(users.KindAuthz), s.last(t).Kind)
	require.Greater(t, got.AuthzVersion, deleted.AuthzVersion)
	want := a
	want.AuthzVersion, want.ReinstatedVersion, want.UpdatedAt = got.AuthzVersion, got.AuthzVersion, got.UpdatedAt
	require.Equal(t, want, got)
	require.Equal(t, got, s.account(t, a.ID))
	found, err := s.Store.AccountByUsername(t.Context(), string(a.Username))
	require.NoError(t, err)
	require.Equal(t, got, found)

	require.Equal(t, got, s.must(t, users.ActionRestore, a.ID, restore), "what is not deleted stays as it is")
	require.Len(t, s.trail(t), 2)
}

func takenNamesKeepItDeleted(t *testing.T, s *subject) {
	s.create(t, admin(1))
	for n, tt := range map[int]struct {
		heir func(*users.Account)
		want error
	}{
		10: {func(heir *users.Account) { heir.Email = "person.10@EXAMPLE.com" }, users.ErrEmailTaken},
		20: {func(heir *users.Account) { heir.Username = "PERSON-20" }, users.ErrUsernameTaken},
	} {
		a := s.create(t, account(n))
		deleted := s.must(t, users.ActionDelete, a.ID, remove)
		heir := account(n + 1)
		tt.heir(&heir)
		s.create(t, heir)

		_, err := s.Store.Update(t.Context(), a.ID, change(users.ActionRestore, id(1), restore))
		require.ErrorIs(t, err, tt.want)
		require.Equal(t, deleted, s.account(t, a.ID))

		s.must(t, users.ActionDelete, heir.ID, remove)
		s.must(t, users.ActionRestore, a.ID, restore)
	}
}

func erasedAccountIsNobodys(t *testing.T, s *subject) {
	s.create(t, admin(1))
	other := s.create(t, account(3))
	s.must(t, users.ActionEdit, other.ID, func(a *users.Account) { a.Username = "Renamed-3" })
	for name, prepare := range map[string]func(users.AccountID){
		"live":    func(users.AccountID) {},
		"deleted": func(id users.AccountID) { s.must(t, users.ActionDelete, id, remove) },
	} {
		n := 10 + len(name)
		a := s.create(t, account(n))
		s.must(t, users.ActionEdit, a.ID, func(a *users.Account) { a.Username = "Renamed-" + a.Username })
		prepare(a.ID)

		got := s.must(t, users.ActionErase, a.ID, erase)
		require.True(t, got.Erased(), name)
		require.Equal(t, got, s.account(t, a.ID))
		require.Equal(t, string(users.KindAuthz), s.last(t).Kind)
		_, err := s.Store.AccountByUsername(t.Context(), string(got.Username))
		require.ErrorIs(t, err, users.ErrAccountNotFound)
		list, err := s.Store.Accounts(t.Context(), users.Filter{Page: 1, Size: 100, Deleted: true})
		require.NoError(t, err)
		for _, listed := range list.Items {
			require.NotEqual(t, a.ID, listed.ID)
		}

		page, err := s.Store.Audit(t.Context(), users.AuditQuery{Account: a.ID, Page: 1, Size: 100})
		require.NoError(t, err)
		require.Equal(t, users.ActionErase, page.Items[0].Action)
		for _, e := range page.Items {
			require.Nil(t, e.Personal)
			before, after := e.Differences()
			for _, v := range []users.Values{before, after} {
				require.Nil(t, v["email"])
				require.Nil(t, v["username"])
			}
		}
		before, after := page.Items[page.Total-1].Differences()
		require.Equal(t, users.Values{"username": nil}, before, "that it was changed is still known")
		require.Equal(t, users.Values{"username": nil}, after)
		s.create(t, func() users.Account { heir := account(n + 100); heir.Email = a.Email; return heir }())
	}
	page, err := s.Store.Audit(t.Context(), users.AuditQuery{Account: other.ID, Page: 1, Size: 1})
	require.NoError(t, err)
	require.Equal(t, users.Values{"username": "Renamed-3"}, page.Items[0].Personal.After, "others keep theirs")
	s.verify(t)
}

func erasureIsPendingUntilFinished(t *testing.T, s *subject) {
	s.create(t, admin(1))
	for n := range 3 {
		s.create(t, account(10+n))
		s.must(t, users.ActionErase, id(10+n), erase)
	}
	pending := func(limit int) []users.AccountID {
		ids, err := s.Store.PendingErasures(t.Context(), limit)
		require.NoError(t, err)
		return ids
	}
	require.Len(t, pending(2), 2)
	require.ElementsMatch(t, []users.AccountID{id(10), id(11), id(12)}, pending(100))

	head := s.head(t)
	require.NoError(t, s.Store.FinishErasure(t.Context(), id(11)))
	require.NoError(t, s.Store.FinishErasure(t.Context(), id(11)))
	require.NoError(t, s.Store.FinishErasure(t.Context(), id(99)))
	require.ElementsMatch(t, []users.AccountID{id(10), id(12)}, pending(100))
	require.Equal(t, head, s.head(t))
}

func erasedAccountStaysSo(t *testing.T, s *subject) {
	last := s.create(t, admin(1))
	_, err := s.Store.Update(t.Context(), last.ID, change(users.ActionErase, last.ID, erase))
	require.ErrorIs(t, err, users.ErrLastAdmin)
	ids, err := s.Store.PendingErasures(t.Context(), 1)
	require.NoError(t, err)
	require.Empty(t, ids)

	a := s.create(t, account(2))
	erased := s.must(t, users.ActionErase, a.ID, erase)
	require.NoError(t, s.Store.FinishErasure(t.Context(), a.ID))
	head := s.head(t)
	for action, apply := range map[users.Action]func(*users.Account){
		users.ActionRestore: restore, users.ActionDelete: remove, users.ActionActivate: deactivate, users.ActionEdit: demote,
	} {
		_, err := s.Store.Update(t.Context(), a.ID, change(action, last.ID, apply))
		require.ErrorIs(t, err, users.ErrAccountNotFound, action)
	}
	require.Equal(t, erased, s.must(t, users.ActionErase, a.ID, erase), "again is no change")
	require.Equal(t, head, s.head(t))
	ids, err = s.Store.PendingErasures(t.Context(), 1)
	require.NoError(t, err)
	require.Empty(t, ids)
}
