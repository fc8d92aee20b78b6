package e2e_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// peopleChecks are what administrators do with the accounts of others.
var peopleChecks = map[string]check{
	"MeIsTheCaller":               meIsTheCaller,
	"PatchChangesOnlyWhatIsSent":  patchChangesOnlyWhatIsSent,
	"ConditionsAreKept":           accountConditionsAreKept,
	"ListIsSearchedAndFiltered":   accountListIsSearched,
	"RestoredAccountIsAsBefore":   restoredAccountIsAsBefore,
	"RestoreRefusesTakenNames":    restoreRefusesTakenNames,
	"AuditTellsWhoDidWhat":        auditTellsWhoDidWhat,
	"ErasureLeavesNothingBehind":  erasureLeavesNothingBehind,
	"ErasureMayFollowADeletion":   erasureMayFollowADeletion,
	"OnlyAdministratorsMayDoThat": onlyAdministratorsMay,
}

func meIsTheCaller(t *testing.T, w *world) {
	a, c := w.user(t)
	require.Equal(t, a, c.get(t, usersPath+"/me").want(http.StatusOK).account())
	w.anyone().get(t, usersPath+"/me").refused(http.StatusUnauthorized, "unauthenticated")
	res := c.put(t, usersPath+"/me", fields{"username": unique("x")})
	res.refused(http.StatusMethodNotAllowed, "method_not_allowed")
	require.Equal(t, "GET, HEAD", res.Header.Get("Allow"))
}

func patchChangesOnlyWhatIsSent(t *testing.T, w *world) {
	a, c := w.user(t)
	for i, media := range []string{"application/merge-patch+json", "application/json"} {
		name := unique("Patched")
		req := c.request(t, http.MethodPatch, a.path(), fields{"username": name})
		req.Header.Set("Content-Type", media)
		got := c.do(t, req).want(http.StatusOK).account()
		require.Equal(t, name, got.Username, i)
		require.Equal(t, a.Email, got.Email)
	}
	for _, media := range []string{"application/json-patch+json", "text/plain", ""} {
		req := c.request(t, http.MethodPatch, a.path(), fields{"username": unique("x")})
		req.Header.Set("Content-Type", media)
		c.do(t, req).refused(http.StatusUnsupportedMediaType, "unsupported_media_type")
	}
	c.patch(t, a.path(), fields{"email": nil, "nickname": "n"}).invalid("/email", "/nickname")
	require.Equal(t, "user", c.patch(t, a.path(), fields{"role": "admin"}).want(http.StatusOK).account().Role)
	_, other := w.user(t)
	other.patch(t, a.path(), fields{}).refused(http.StatusForbidden, "permission_denied")
}

func accountConditionsAreKept(t *testing.T, w *world) {
	a, c := w.user(t)
	first := c.get(t, a.path()).want(http.StatusOK).Header.Get("ETag")
	require.Empty(t, c.sendIf(t, "If-None-Match", first, http.MethodGet, a.path(), nil).want(http.StatusNotModified).body)
	second := c.sendIf(t, "If-Match", first, http.MethodPatch, a.path(), fields{"username": unique("u")}).
		want(http.StatusOK).Header.Get("ETag")
	require.NotEqual(t, first, second)
	c.sendIf(t, "If-None-Match", first, http.MethodGet, usersPath+"/me", nil).want(http.StatusOK)
	c.sendIf(t, "If-Match", first, http.MethodPut, a.path(), fields{"username": unique("u")}).
		refused(http.StatusPreconditionFailed, "version_conflict")
	w.admin(t).sendIf(t, "If-Match", first, http.MethodDelete, a.path(), nil).
		refused(http.StatusPreconditionFailed, "version_conflict")
	w.admin(t).sendIf(t, "If-Match", second, http.MethodDelete, a.path(), nil).want(http.StatusNoContent)
}

func accountListIsSearched(t *testing.T, w *world) {
	admin := w.admin(t)
	part := unique("Ö")
	var mine []account
	for _, prefix := range []string{"a", "b", "c"} {
		name := prefix + part
		mine = append(mine, w.anyone().post(t, registerPath, fields{
			"email": unique(prefix) + "@example.com", "username": name, "password": password,
		}).want(http.StatusCreated).account())
	}
	admin.put(t, mine[0].path()+"/role?role=admin", nil).want(http.StatusOK)
	admin.post(t, mine[1].path()+"/deactivate", nil).want(http.StatusOK)
	admin.delete(t, mine[2].path()).want(http.StatusNoContent)

	for query, want := range map[string][]int{
		"&sort_by=username&sort_order=asc":                       {0, 1},
		"&sort_by=username&sort_order=asc&include_deleted=true":  {0, 1, 2},
		"&sort_by=created_at&sort_order=desc&include_deleted=on": {2, 1, 0},
		"&role=admin":                            {0},
		"&role=user":                             {1},
		"&is_active=true":                        {0},
		"&is_active=false":                       {1},
		"&role=admin&is_active=false":            nil,
		"&page=2&page_size=1&sort_by=email":      {0},
		"&sort_by=email&sort_order=asc&page=100": nil,
	} {
		var p accounts
		admin.get(t, usersPath+"?search="+strings.ToLower(part)+query).want(http.StatusOK).into(&p)
		var got, wanted []string
		for _, a := range p.Items {
			got = append(got, a.ID)
			require.Equal(t, a.ID == mine[2].ID, !a.DeletedAt.IsZero())
		}
		for _, n := range want {
			wanted = append(wanted, mine[n].ID)
		}
		require.Equal(t, wanted, got, query)
	}
	var p accounts
	admin.get(t, usersPath+"?search="+mine[0].Email).want(http.StatusOK).into(&p)
	require.Equal(t, 1, p.Total)
	admin.get(t, usersPath+"?search=%25"+part).want(http.StatusOK).into(&p)
	require.Zero(t, p.Total, "a sign like any other")
	admin.get(t, usersPath+"?role=root&is_active=x&include_deleted=x&sort_by=role&sort_order=up&search="+strings.Repeat("x", 255)).
		invalid("role", "is_active", "include_deleted", "sort_by", "sort_order", "search")
}

func restoredAccountIsAsBefore(t *testing.T, w *world) {
	a, admin := w.register(t), w.admin(t)
	require.Equal(t, a, admin.post(t, a.path()+"/restore", nil).want(http.StatusOK).account(), "it is not deleted")
	admin.delete(t, a.path()).want(http.StatusNoContent)
	admin.post(t, a.path()+"/activate", nil).refused(http.StatusNotFound, "not_found")
	got := admin.post(t, a.path()+"/restore", nil).want(http.StatusOK).account()
	require.True(t, got.UpdatedAt.After(a.UpdatedAt))
	a.UpdatedAt = got.UpdatedAt
	require.Equal(t, a, got)
	require.Equal(t, a, w.as(w.signIn(t, a.Username, password).AccessToken).get(t, mePath).want(http.StatusOK).account())
	admin.post(t, usersPath+"/"+nowhere+"/restore", nil).refused(http.StatusNotFound, "not_found")
}

func restoreRefusesTakenNames(t *testing.T, w *world) {
	a, b, admin := w.register(t), w.register(t), w.admin(t)
	for _, gone := range []account{a, b} {
		admin.delete(t, gone.path()).want(http.StatusNoContent)
	}
	w.anyone().post(t, registerPath, fields{
		"email": strings.ToUpper(a.Email), "username": strings.ToUpper(b.Username), "password": password,
	}).want(http.StatusCreated)
	admin.post(t, a.path()+"/restore", nil).refused(http.StatusConflict, "email_taken", "/email")
	admin.post(t, b.path()+"/restore", nil).refused(http.StatusConflict, "username_taken", "/username")
}

type audit struct {
	Items []struct {
		Seq   int64                          `json:"seq"`
		At    time.Time                      `json:"at"`
		Actor *struct{ ID, Username string } `json:"actor"`

		Origin, Action string
		Before, After  map[string]any
		RequestID      string `json:"request_id"`
	}
	Total      int
	Page       int
	PageSize   int `json:"page_size"`
	TotalPages int `json:"total_pages"`
}

func auditTellsWhoDidWhat(t *testing.T, w *world) {
	a, c := w.user(t)
	admin := w.admin(t)
	me := admin.get(t, mePath).want(http.StatusOK).account()
	c.patch(t, a.path(), fields{"email": unique("own") + "@example.com"}).want(http.StatusOK) // one's own business

	renamed := unique("renamed")
	done := []answer{
		admin.patch(t, a.path(), fields{"username": renamed}).want(http.StatusOK),
		admin.put(t, a.path()+"/role?role=admin", nil).want(http.StatusOK),
		admin.post(t, a.path()+"/deactivate", nil).want(http.StatusOK),
		admin.delete(t, a.path()).want(http.StatusNoContent),
	}
	var got audit
	admin.get(t, a.path()+"/audit").want(http.StatusOK).into(&got)
	require.Equal(t, len(done), got.Total)
	for i, want := range []struct {
		action        string
		before, after map[string]any
	}{
		{"edit", fields{"username": a.Username}, fields{"username": renamed}},
		{"assign_role", fields{"role": "user"}, fields{"role": "admin"}},
		{"deactivate", fields{"is_active": true}, fields{"is_active": false}},
		{"delete", fields{"deleted": false}, fields{"deleted": true}},
	} {
		e := got.Items[len(done)-1-i] // the newest comes first
		require.Equal(t, want.action, e.Action)
		require.Equal(t, want.before, e.Before)
		require.Equal(t, want.after, e.After)
		require.Equal(t, me.ID, e.Actor.ID)
		require.Equal(t, me.Username, e.Actor.Username)
		require.Equal(t, "account", e.Origin)
		require.Equal(t, done[i].Header.Get("X-Request-Id"), e.RequestID)
		requireRecent(t, e.At)
	}
	admin.get(t, usersPath+"/"+nowhere+"/audit").refused(http.StatusNotFound, "not_found")
	admin.get(t, a.path()+"/audit?page=0&page_size=101").invalid("page", "page_size")
}

func erasureLeavesNothingBehind(t *testing.T, w *world) {
	a := w.register(t)
	session := w.signIn(t, a.Username, password)
	c, admin := w.as(session.AccessToken), w.admin(t)
	renamed := unique("renamed")
	admin.patch(t, a.path(), fields{"username": renamed}).want(http.StatusOK)
	for range 2 { // it may be repeated
		require.Empty(t, admin.post(t, a.path()+"/erase", nil).want(http.StatusNoContent).body)
	}

	eventually(t, rightsDelay, "its token is refused", func() bool { return c.get(t, mePath).StatusCode == http.StatusUnauthorized })
	w.refresh(t, session.RefreshToken).refused(http.StatusUnauthorized, "session_revoked")
	for _, name := range []string{a.Username, renamed, "erased-" + a.ID} {
		w.anyone().post(t, jsonPath, fields{"username": name, "password": password}).
			refused(http.StatusUnauthorized, "invalid_credentials")
	}
	admin.get(t, a.path()).refused(http.StatusNotFound, "not_found")
	admin.post(t, a.path()+"/restore", nil).refused(http.StatusNotFound, "not_found")
	for _, term := range []string{a.Email, renamed, a.ID} {
		var p accounts
		admin.get(t, usersPath+"?include_deleted=true&search="+term).want(http.StatusOK).into(&p)
		require.Empty(t, p.Items)
	}
	var got audit
	res := admin.get(t, a.path()+"/audit").want(http.StatusOK)
	res.into(&got)
	require.Equal(t, 2, got.Total)
	for _, gone := range []string{a.Email, a.Username, renamed} {
		require.NotContains(t, string(res.body), gone)
	}
	w.anyone().post(t, registerPath, fields{"email": a.Email, "username": a.Username, "password": password}).want(http.StatusCreated)
}

func erasureMayFollowADeletion(t *testing.T, w *world) {
	a, admin := w.register(t), w.admin(t)
	admin.delete(t, a.path()).want(http.StatusNoContent)
	admin.post(t, a.path()+"/erase", nil).want(http.StatusNoContent)
	admin.post(t, a.path()+"/restore", nil).refused(http.StatusNotFound, "not_found")
	admin.post(t, usersPath+"/"+nowhere+"/erase", nil).refused(http.StatusNotFound, "not_found")
}

func onlyAdministratorsMay(t *testing.T, w *world) {
	a, c := w.user(t)
	for _, path := range []string{"/deactivate", "/activate", "/restore", "/erase"} {
		c.post(t, a.path()+path, nil).refused(http.StatusForbidden, "permission_denied")
	}
	c.get(t, a.path()+"/audit").refused(http.StatusForbidden, "permission_denied")
	require.Equal(t, a, c.get(t, mePath).want(http.StatusOK).account())
}
