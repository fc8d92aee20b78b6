package e2e_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	sessionsPath  = "/api/v1/auth/sessions"
	logoutPath    = "/api/v1/auth/logout"
	logoutAllPath = "/api/v1/auth/logout-all"
)

var logoutChecks = map[string]check{
	"LogoutEndsTheSession":     logoutEndsTheSession,
	"LogoutAllEndsAllSessions": logoutAllEndsAllSessions,
	"AnotherDeviceIsSignedOut": anotherDeviceIsSignedOut,
	"SessionsShowDevices":      sessionsShowDevices,
	"SessionsAreOnesOwn":       sessionsAreOnesOwn,
	"NewPasswordEndsTheOthers": newPasswordEndsTheOthers,
	"TheftTakesTheTokensAlong": theftTakesTheTokensAlong,
	"IssuerIsDescribed":        issuerIsDescribed,
}

// session is one that is listed.
type session struct {
	ID         string    `json:"id"`
	Device     string    `json:"device"`
	Address    string    `json:"address"`
	CreatedAt  time.Time `json:"created_at"`
	LastUsedAt time.Time `json:"last_used_at"`
	Current    bool      `json:"current"`
}

func (c client) sessions(t *testing.T) []session {
	t.Helper()
	var list struct{ Items []session }
	c.get(t, sessionsPath).want(http.StatusOK).into(&list)
	return list.Items
}

// over requires that within a second nobody takes the tokens of a session any
// more: neither the gateway nor the services, whom a request reaches past it.
func (w *world) over(t *testing.T, a account, gone tokens) {
	t.Helper()
	c := w.as(gone.AccessToken)
	// Once it is refused it stays refused. That the account has changed may be
	// heard, on a log of its own, before that the session has ended.
	refused := func(where string, send func() answer) {
		eventually(t, rightsDelay, where, func() bool { return send().StatusCode == http.StatusUnauthorized })
		eventually(t, rightsDelay, where, func() bool {
			return send().want(http.StatusUnauthorized).problem().Code == "session_revoked"
		})
	}
	refused("profile", func() answer { return c.get(t, mePath) })
	refused("account", func() answer { return c.get(t, a.path()) })
	refused("a change", func() answer { return c.post(t, productsPath, draft(nil)) })
	for service, url := range w.system.Public {
		path := map[string]string{"auth": mePath, "users": a.path()}[service]
		method := http.MethodGet
		if path == "" { // the catalog shows everything to everybody
			path, method = productsPath+"/"+nowhere, http.MethodDelete
		}
		refused(service, func() answer {
			req := c.request(t, method, path, nil)
			at, err := req.URL.Parse(url + path)
			require.NoError(t, err)
			req.URL, req.Host = at, at.Host
			answered, err := w.fetch(t, req)
			require.NoError(t, err)
			return answered
		})
	}
	w.refresh(t, gone.RefreshToken).refused(http.StatusUnauthorized, "session_revoked")
}

func logoutEndsTheSession(t *testing.T, w *world) {
	a := w.register(t)
	gone, stays := w.signIn(t, a.Username, password), w.signIn(t, a.Username, password)
	w.as(gone.AccessToken).get(t, mePath).want(http.StatusOK)
	w.as(gone.AccessToken).post(t, logoutPath, nil).want(http.StatusNoContent)
	w.over(t, a, gone)
	w.as(stays.AccessToken).get(t, mePath).want(http.StatusOK)
	w.refresh(t, stays.RefreshToken).want(http.StatusOK)
	w.anyone().post(t, logoutPath, nil).refused(http.StatusUnauthorized, "unauthenticated")
}

func logoutAllEndsAllSessions(t *testing.T, w *world) {
	a := w.register(t)
	one, two := w.signIn(t, a.Username, password), w.signIn(t, a.Username, password)
	w.as(one.AccessToken).post(t, logoutAllPath, nil).want(http.StatusNoContent)
	w.over(t, a, one)
	w.over(t, a, two)
	require.Len(t, w.as(w.signIn(t, a.Username, password).AccessToken).sessions(t), 1)
}

func anotherDeviceIsSignedOut(t *testing.T, w *world) {
	a := w.register(t)
	there, here := w.signIn(t, a.Username, password), w.signIn(t, a.Username, password)
	c := w.as(here.AccessToken)
	listed := c.sessions(t)
	require.Len(t, listed, 2)
	require.True(t, listed[0].Current, "the newest comes first")
	path := sessionsPath + "/" + listed[1].ID
	c.delete(t, path).want(http.StatusNoContent)
	w.over(t, a, there)
	c.delete(t, path).want(http.StatusNoContent)
	require.Len(t, c.sessions(t), 1)
	c.delete(t, sessionsPath+"/"+nowhere).refused(http.StatusNotFound, "not_found")
}

func sessionsShowDevices(t *testing.T, w *world) {
	a := w.register(t)
	req := w.anyone().request(t, http.MethodPost, "/api/v1/auth/login/json", fields{"username": a.Username, "password": password})
	req.Header.Set("User-Agent", "Shop/1.0 (kitchen)")
	first := w.anyone().do(t, req).want(http.StatusOK).tokens()
	current := w.refresh(t, first.RefreshToken).want(http.StatusOK).tokens()
	listed := w.as(current.AccessToken).sessions(t)
	require.Len(t, listed, 1)
	require.Equal(t, "Shop/1.0 (kitchen)", listed[0].Device)
	require.NotEmpty(t, listed[0].Address)
	require.True(t, listed[0].Current)
	requireRecent(t, listed[0].CreatedAt)
	require.True(t, listed[0].LastUsedAt.After(listed[0].CreatedAt))
}

func sessionsAreOnesOwn(t *testing.T, w *world) {
	_, hers := w.user(t)
	_, his := w.user(t)
	path := sessionsPath + "/" + hers.sessions(t)[0].ID
	his.delete(t, path).refused(http.StatusNotFound, "not_found")
	w.admin(t).delete(t, path).refused(http.StatusNotFound, "not_found")
	hers.get(t, mePath).want(http.StatusOK)
	hers.delete(t, sessionsPath+"/x").refused(http.StatusUnprocessableEntity, "validation_failed", "id")
	w.anyone().get(t, sessionsPath).refused(http.StatusUnauthorized, "unauthenticated")
}

func newPasswordEndsTheOthers(t *testing.T, w *world) {
	a := w.register(t)
	there, here := w.signIn(t, a.Username, password), w.signIn(t, a.Username, password)
	w.as(here.AccessToken).put(t, a.path(), fields{"password": "Other-Horse-8"}).want(http.StatusOK)
	w.over(t, a, there)
	again := w.refresh(t, here.RefreshToken).want(http.StatusOK).tokens()
	require.Len(t, w.as(again.AccessToken).sessions(t), 1)
}

func theftTakesTheTokensAlong(t *testing.T, w *world) {
	a := w.register(t)
	first := w.signIn(t, a.Username, password)
	second := w.refresh(t, first.RefreshToken).want(http.StatusOK).tokens()
	third := w.refresh(t, second.RefreshToken).want(http.StatusOK).tokens()
	w.as(third.AccessToken).get(t, mePath).want(http.StatusOK)
	w.refresh(t, first.RefreshToken).refused(http.StatusUnauthorized, "session_revoked")
	w.over(t, a, third)
}

func issuerIsDescribed(t *testing.T, w *world) {
	a := w.anyone().get(t, "/.well-known/oauth-authorization-server")
	if !strings.Contains(w.system.Issuer, "://") {
		a.refused(http.StatusNotFound, "not_found")
		return
	}
	said := map[string]any{}
	a.want(http.StatusOK).into(&said)
	require.Equal(t, w.system.Issuer, said["issuer"])
	path := func(member string) string { return strings.TrimPrefix(said[member].(string), w.system.Issuer) }
	w.anyone().get(t, path("jwks_uri")).want(http.StatusOK)
	user := w.register(t)
	form := "grant_type=password&username=" + user.Username + "&password=" + password
	req := w.anyone().request(t, http.MethodPost, path("token_endpoint"), form)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w.anyone().do(t, req).want(http.StatusOK)
}
