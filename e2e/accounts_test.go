package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const usersPath = "/api/v1/users"

var accountChecks = map[string]check{
	"AdminAndSelfMayRead":         adminAndSelfMayRead,
	"EditChangesOnlyWhatIsSent":   editChangesOnlyWhatIsSent,
	"WhatWasReadCanBeSentBack":    accountCanBeSentBack,
	"EditRefusesTaken":            editRefusesTaken,
	"EditRefusesAllAtOnce":        editRefusesAllAtOnce,
	"PasswordChanges":             passwordChanges,
	"AdminSetsPassword":           adminSetsPassword,
	"DeletedAccountFreesItsNames": deletedAccountFreesItsNames,
	"ListShowsEachOnce":           listShowsEachOnce,
	"ListKnowsItsParameters":      accountListKnowsItsParameters,
	"RoleByQueryOrBody":           roleByQueryOrBody,
	"RoleRefusesContradictions":   roleRefuses,
}

func adminAndSelfMayRead(t *testing.T, w *world) {
	a, c := w.user(t)
	other := w.register(t)
	require.Equal(t, a, c.get(t, a.path()).want(http.StatusOK).account())
	require.Equal(t, a, w.admin(t).get(t, a.path()).want(http.StatusOK).account())
	c.get(t, other.path()).refused(http.StatusForbidden, "permission_denied")
	c.get(t, usersPath+"/"+nowhere).refused(http.StatusForbidden, "permission_denied")
	c.get(t, usersPath).refused(http.StatusForbidden, "permission_denied")
	c.put(t, other.path(), fields{"username": unique("x")}).refused(http.StatusForbidden, "permission_denied")
	c.delete(t, a.path()).refused(http.StatusForbidden, "permission_denied")
	c.put(t, a.path()+"/role?role=admin", nil).refused(http.StatusForbidden, "permission_denied")
	w.anyone().get(t, a.path()).refused(http.StatusUnauthorized, "unauthenticated")
	w.admin(t).get(t, usersPath+"/"+nowhere).refused(http.StatusNotFound, "not_found")
	w.admin(t).get(t, usersPath+"/17").invalid("id")
}

func editChangesOnlyWhatIsSent(t *testing.T, w *world) {
	a, c := w.user(t)
	name := unique("Renamed")
	changed := c.put(t, a.path(), fields{"username": "  " + name + " "}).want(http.StatusOK).account()
	require.Equal(t, name, changed.Username)
	require.Equal(t, a.Email, changed.Email)
	require.True(t, changed.UpdatedAt.After(a.UpdatedAt))
	require.Equal(t, a.CreatedAt, changed.CreatedAt)

	changed = w.admin(t).put(t, a.path(), fields{"email": name + "@example.com"}).want(http.StatusOK).account()
	require.Equal(t, name+"@example.com", changed.Email)
	require.Equal(t, changed, c.get(t, mePath).want(http.StatusOK).account())
	require.NotEmpty(t, w.signIn(t, name, password).AccessToken)
	w.anyone().post(t, jsonPath, fields{"username": a.Username, "password": password}).
		refused(http.StatusUnauthorized, "invalid_credentials")
}

func accountCanBeSentBack(t *testing.T, w *world) {
	a, c := w.user(t)
	read := c.get(t, a.path()).want(http.StatusOK)
	again := c.put(t, a.path(), string(read.body)).want(http.StatusOK).account()
	require.Equal(t, a, again, "and changes nothing, not even updated_at")
	shouting := c.put(t, a.path(), fields{"username": strings.ToUpper(a.Username)}).want(http.StatusOK).account()
	require.Equal(t, strings.ToUpper(a.Username), shouting.Username, "its own name in another letter case is free")
	require.Equal(t, "user", c.put(t, a.path(), fields{"role": "admin"}).want(http.StatusOK).account().Role)
}

func editRefusesTaken(t *testing.T, w *world) {
	a, c := w.user(t)
	other := w.register(t)
	c.put(t, a.path(), fields{"email": strings.ToUpper(other.Email)}).refused(http.StatusConflict, "email_taken", "/email")
	c.put(t, a.path(), fields{"username": strings.ToUpper(other.Username)}).refused(http.StatusConflict, "username_taken", "/username")
	require.Equal(t, a, c.get(t, mePath).want(http.StatusOK).account())
}

func editRefusesAllAtOnce(t *testing.T, w *world) {
	a, c := w.user(t)
	c.put(t, a.path(), fields{"email": "x", "username": "y", "password": "z", "nickname": "n"}).
		invalid("/email", "/nickname", "/password", "/username")
	c.put(t, a.path(), fields{"email": nil, "username": nil, "password": nil}).invalid("/email", "/password", "/username")
	require.Equal(t, a, c.get(t, mePath).want(http.StatusOK).account())
	require.Equal(t, a, c.put(t, a.path(), fields{}).want(http.StatusOK).account())
}

func passwordChanges(t *testing.T, w *world) {
	a := w.register(t)
	elsewhere, here := w.signIn(t, a.Username, password), w.signIn(t, a.Username, password)
	const next = "Other-Horse-8"

	w.as(here.AccessToken).put(t, a.path(), fields{"password": next, "current_password": "Wrong-Horse-7"}).
		refused(http.StatusForbidden, "reauthentication_required", "/current_password")
	w.as(here.AccessToken).put(t, a.path(), fields{"password": next, "current_password": password}).want(http.StatusOK)

	w.anyone().post(t, jsonPath, fields{"username": a.Username, "password": password}).
		refused(http.StatusUnauthorized, "invalid_credentials")
	require.NotEmpty(t, w.signIn(t, a.Username, next).AccessToken)
	w.refresh(t, elsewhere.RefreshToken).refused(http.StatusUnauthorized, "session_revoked")
	w.refresh(t, here.RefreshToken).want(http.StatusOK)
}

func adminSetsPassword(t *testing.T, w *world) {
	a := w.register(t)
	before := w.signIn(t, a.Username, password)
	w.admin(t).put(t, a.path(), fields{"password": "Other-Horse-8"}).want(http.StatusOK)
	require.NotEmpty(t, w.signIn(t, a.Username, "Other-Horse-8").AccessToken)
	w.refresh(t, before.RefreshToken).refused(http.StatusUnauthorized, "session_revoked")
}

func deletedAccountFreesItsNames(t *testing.T, w *world) {
	a, c := w.user(t)
	res := w.admin(t).delete(t, a.path()).want(http.StatusNoContent)
	require.Empty(t, res.body)
	w.admin(t).delete(t, a.path()).refused(http.StatusNotFound, "not_found")
	w.admin(t).get(t, a.path()).refused(http.StatusNotFound, "not_found")
	w.admin(t).put(t, a.path(), fields{"username": unique("x")}).refused(http.StatusNotFound, "not_found")
	w.admin(t).put(t, a.path()+"/role?role=admin", nil).refused(http.StatusNotFound, "not_found")
	w.anyone().post(t, jsonPath, fields{"username": a.Username, "password": password}).
		refused(http.StatusUnauthorized, "invalid_credentials")
	eventually(t, rightsDelay, "a deleted account is refused", func() bool {
		return c.get(t, mePath).StatusCode == http.StatusUnauthorized
	})

	again := w.anyone().post(t, registerPath, fields{"email": a.Email, "username": a.Username, "password": password}).
		want(http.StatusCreated).account()
	require.NotEqual(t, a.ID, again.ID)
	require.Equal(t, again.ID, w.as(w.signIn(t, a.Username, password).AccessToken).get(t, mePath).want(http.StatusOK).account().ID)
}

type accounts struct {
	Items      []account `json:"items"`
	Total      int       `json:"total"`
	Page       int       `json:"page"`
	PageSize   int       `json:"page_size"`
	TotalPages int       `json:"total_pages"`
}

func listShowsEachOnce(t *testing.T, w *world) {
	mine := map[string]bool{}
	for range 12 {
		mine[w.register(t).ID] = true
	}
	// Others register meanwhile, and the newest come first: what is older moves
	// on to later pages, so an account may be met twice, but none is missed.
	seen := map[string]account{}
	for number := 1; ; number++ {
		var p accounts
		w.admin(t).get(t, fmt.Sprintf("%s?page=%d&page_size=5", usersPath, number)).want(http.StatusOK).into(&p)
		require.Equal(t, number, p.Page)
		require.Equal(t, 5, p.PageSize)
		require.Equal(t, max(1, (p.Total+4)/5), p.TotalPages)
		for _, a := range p.Items {
			seen[a.ID] = a
		}
		if number >= p.TotalPages {
			break
		}
		require.Len(t, p.Items, 5)
	}
	for id := range mine {
		require.Contains(t, seen, id)
	}
}

func accountListKnowsItsParameters(t *testing.T, w *world) {
	c := w.admin(t)
	c.get(t, usersPath+"?page=0&page_size=101").invalid("page", "page_size")
	c.get(t, usersPath+"?page=1&page=2").invalid("page")
	c.get(t, usersPath+"?page=one").invalid("page")
	c.get(t, usersPath+"?colour=red").want(http.StatusOK)
	var p accounts
	c.get(t, usersPath+"?page=1000000").want(http.StatusOK).into(&p)
	require.Empty(t, p.Items)
	require.NotNil(t, p.Items)
}

func roleByQueryOrBody(t *testing.T, w *world) {
	a := w.register(t)
	admin := w.admin(t)
	role := a.path() + "/role"
	require.Equal(t, "admin", admin.put(t, role+"?role=admin", nil).want(http.StatusOK).account().Role)
	require.Equal(t, "user", admin.put(t, role, fields{"role": "user"}).want(http.StatusOK).account().Role)
	promoted := admin.put(t, role+"?role=admin", fields{"role": "admin"}).want(http.StatusOK).account()
	require.Equal(t, "admin", promoted.Role)
	same := admin.put(t, role+"?role=admin", nil).want(http.StatusOK).account()
	require.Equal(t, promoted, same, "what changes nothing leaves no trace")
	require.Equal(t, "user", admin.put(t, role+"?role=user", nil).want(http.StatusOK).account().Role)
}

func roleRefuses(t *testing.T, w *world) {
	a := w.register(t)
	admin := w.admin(t)
	role := a.path() + "/role"
	admin.put(t, role, nil).want(http.StatusUnprocessableEntity)
	admin.put(t, role+"?role=owner", nil).invalid("role")
	admin.put(t, role, fields{"role": "owner"}).invalid("/role")
	admin.put(t, role+"?role=admin", fields{"role": "user"}).want(http.StatusUnprocessableEntity)
	admin.put(t, role+"?role=admin&role=admin", nil).invalid("role")
	require.Equal(t, "user", admin.get(t, a.path()).want(http.StatusOK).account().Role)
}
