package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

const sessionsPath = "/api/v1/auth/sessions"

// signInFrom signs in with a device that says this of itself.
func (d *doors) signInFrom(t *testing.T, name, userAgent string, headers ...string) object {
	t.Helper()
	res, out := ask(t, d.public, http.MethodPost, "/api/v1/auth/login/json", "application/json",
		`{"username":"`+name+`","password":"`+good+`"}`, append([]string{"User-Agent", userAgent}, headers...)...)
	require.Equal(t, http.StatusOK, res.StatusCode, out)
	return out
}

func bearer(tokens object) []string {
	return []string{"Authorization", "Bearer " + tokens["access_token"].(string)}
}

func (d *doors) sessions(t *testing.T, tokens object) []any {
	t.Helper()
	res, out := ask(t, d.public, http.MethodGet, sessionsPath, "", "", bearer(tokens)...)
	require.Equal(t, http.StatusOK, res.StatusCode, out)
	return out["items"].([]any)
}

// requireOver checks that neither token of a session is good any more.
func (d *doors) requireOver(t *testing.T, tokens object) {
	t.Helper()
	res, out := ask(t, d.public, http.MethodGet, "/api/v1/auth/me", "", "", bearer(tokens)...)
	require.Equal(t, http.StatusUnauthorized, res.StatusCode)
	require.Equal(t, "session_revoked", out["code"])
	require.Contains(t, res.Header.Get("WWW-Authenticate"), `error="invalid_token"`)
	res, out = d.post(t, "/refresh", object{"refresh_token": tokens["refresh_token"]})
	require.Equal(t, http.StatusUnauthorized, res.StatusCode)
	require.Equal(t, "session_revoked", out["code"])
}

func TestSessionsAreListed(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.register(t, "ada")
	d.register(t, "eve")
	d.signInFrom(t, "ada", "Firefox  on\tX11 \xff"+strings.Repeat("x", 300), "X-Forwarded-For", "2001:db8::7")
	here := d.signInFrom(t, "ada", "", "X-Forwarded-For", "192.0.2.1")
	d.signInFrom(t, "eve", "Firefox")
	res, here := d.post(t, "/refresh", object{"refresh_token": here["refresh_token"]})
	require.Equal(t, http.StatusOK, res.StatusCode)

	got := d.sessions(t, here)

	require.Len(t, got, 2)
	current, other := got[0].(object), got[1].(object)
	require.Equal(t, true, current["current"])
	require.Equal(t, "192.0.2.1", current["address"])
	require.Empty(t, current["device"])
	require.Greater(t, current["last_used_at"], current["created_at"])
	require.Equal(t, false, other["current"])
	require.Equal(t, "2001:db8::7", other["address"])
	require.Equal(t, "Firefox on X11 "+strings.Repeat("x", 200-len("Firefox on X11 ")), other["device"])
	require.Equal(t, other["created_at"], other["last_used_at"])
	require.Len(t, other, 6)
}

func TestOtherSessionIsEnded(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.register(t, "ada")
	there, here := d.login(t, "ada"), d.login(t, "ada")
	id := d.sessions(t, here)[1].(object)["id"].(string)
	end := func(tokens object, id string) (*http.Response, object) {
		return ask(t, d.public, http.MethodDelete, sessionsPath+"/"+id, "", "", bearer(tokens)...)
	}

	for range 2 { // an answer may be lost
		res, out := end(here, id)
		require.Equal(t, http.StatusNoContent, res.StatusCode, out)
	}

	d.requireOver(t, there)
	require.Len(t, d.sessions(t, here), 1)
	res, out := end(here, uuid.NewString())
	require.Equal(t, http.StatusNotFound, res.StatusCode)
	require.Equal(t, "not_found", out["code"])
	res, _ = end(here, "x")
	require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
	own := d.sessions(t, here)[0].(object)["id"].(string)
	res, _ = end(here, own)
	require.Equal(t, http.StatusNoContent, res.StatusCode)
	d.requireOver(t, here)
}

func TestSessionsOfOthersAreNobodysBusiness(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.register(t, "ada")
	d.register(t, "eve")
	hers, his := d.login(t, "ada"), d.login(t, "eve")
	id := d.sessions(t, hers)[0].(object)["id"].(string)

	res, out := ask(t, d.public, http.MethodDelete, sessionsPath+"/"+id, "", "", bearer(his)...)

	require.Equal(t, http.StatusNotFound, res.StatusCode)
	require.Equal(t, "not_found", out["code"], "as if it were not there")
	require.Len(t, d.sessions(t, hers), 1)
}

func TestLogout(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.register(t, "ada")
	here, there, elsewhere := d.login(t, "ada"), d.login(t, "ada"), d.login(t, "ada")
	leave := func(path string, tokens object) {
		res, out := ask(t, d.public, http.MethodPost, "/api/v1/auth"+path, "", "", bearer(tokens)...)
		require.Equal(t, http.StatusNoContent, res.StatusCode, out)
	}

	leave("/logout", here)
	d.requireOver(t, here)
	require.Len(t, d.sessions(t, there), 2)

	leave("/logout-all", there)
	d.requireOver(t, there)
	d.requireOver(t, elsewhere)
	require.Len(t, d.sessions(t, d.login(t, "ada")), 1)
}

func TestEndsOfSessionsAreAudited(t *testing.T) {
	t.Parallel()
	d := open(t)
	account := d.register(t, "ada")["id"].(string)
	first := d.login(t, "ada")
	for tokens, i := first, 0; i < 2; i++ {
		_, tokens = d.post(t, "/refresh", object{"refresh_token": tokens["refresh_token"]})
	}
	res, _ := ask(t, d.public, http.MethodPost, "/api/v1/auth/refresh", "application/json",
		`{"refresh_token":"`+first["refresh_token"].(string)+`"}`, "X-Forwarded-For", "192.0.2.66", "X-Request-Id", "the-theft")
	require.Equal(t, http.StatusUnauthorized, res.StatusCode)

	res, out := ask(t, d.internal, http.MethodGet, "/internal/v1/accounts/"+account+"/audit", "", "", "Authorization", "Bearer "+internalToken)

	require.Equal(t, http.StatusOK, res.StatusCode, out)
	items := out["items"].([]any)
	require.Len(t, items, 1)
	row := items[0].(object)
	require.Equal(t, "refresh token used again", row["reason"])
	require.Equal(t, "192.0.2.66", row["address"])
	require.Equal(t, "the-theft", row["request_id"])
	res, _ = ask(t, d.internal, http.MethodGet, "/internal/v1/accounts/"+account+"/audit", "", "")
	require.Equal(t, http.StatusUnauthorized, res.StatusCode)
}
