package userstest

import (
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
	_, err = s.Store.Update(t.Context(), a.ID, change(users.ActionAssignRole, boss.ID, func(a *users.Account) { a.Role = users.RoleAdmin }))
	require.NoError(t, err)

	actors, err := s.Actors(t.Context())
	require.NoError(t, err)
	require.Equal(t, []users.AccountID{"", "", boss.ID, boss.ID}, actors)
	audit, err := s.Audit(t.Context())
	require.NoError(t, err)
	require.Len(t, audit, 2)
	record := func(username, role string, version string) string {
		return `{"email": "Person.2@Example.com", "username": "` + username + `", "role": "` + role + `",
			"email_verified": false, "is_active": true, "deleted": false, "authz_version": ` + version + `, "password_change": ""}`
	}
	require.JSONEq(t, record("Person-2", "user", "2"), audit[0].Before)
	require.JSONEq(t, record("Renamed", "user", "2"), audit[0].After)
	require.JSONEq(t, record("Renamed", "user", "2"), audit[1].Before)
	require.JSONEq(t, record("Renamed", "admin", "4"), audit[1].After)
	audit[1].Before, audit[1].After = "", ""
	require.Equal(t, Audit{
		Seq: 4, Account: a.ID, Actor: boss.ID, Action: users.ActionAssignRole, RequestID: "request-1", At: later,
	}, audit[1])
}

func ownEditsAreNotAudited(t *testing.T, s *subject) {
	a := s.create(t, account(1))
	s.mustEdit(t, a.ID, func(a *users.Account) { a.Username = "renamed" })

	for _, action := range []users.Action{users.ActionChangePassword, users.ActionVerifyEmail} {
		_, err := s.Store.Update(t.Context(), a.ID, change(action, a.ID, func(a *users.Account) { a.Username += "+" }))
		require.NoError(t, err)
	}

	audit, err := s.Audit(t.Context())
	require.NoError(t, err)
	require.Empty(t, audit)
}
