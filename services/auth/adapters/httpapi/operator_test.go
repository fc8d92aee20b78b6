package httpapi_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

func (d *doors) operate(t *testing.T, path string, body object) (*http.Response, object) {
	t.Helper()
	data, err := json.Marshal(body)
	require.NoError(t, err)
	return ask(t, d.internal, http.MethodPost, "/internal/v1/"+path, "application/json", string(data), "Authorization", "Bearer "+internalToken)
}

func TestOperatorMakesAnAdministrator(t *testing.T) {
	t.Parallel()
	d := open(t)

	res, out := d.operate(t, "admins", object{"email": "root@example.com", "username": "root", "password": good})
	require.Equal(t, http.StatusCreated, res.StatusCode, out)
	require.Equal(t, "admin", out["role"])
	made, err := d.accounts.Account(t.Context(), auth.AccountID(out["id"].(string)))
	require.NoError(t, err)
	require.True(t, made.EmailVerified)
	d.login(t, "root")

	res, out = d.operate(t, "admins", object{"email": "other@example.com", "username": "ROOT", "password": good})
	require.Equal(t, http.StatusConflict, res.StatusCode)
	require.Equal(t, "username_taken", out["code"])
	res, out = d.operate(t, "admins", object{"email": "x", "username": "root", "password": "weak"})
	require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode)
	require.Contains(t, wrong(out), "/password too_short")
	require.Contains(t, wrong(out), "/email invalid")
}

func TestOperatorSetsAPassword(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := auth.AccountID(d.register(t, "ada")["id"].(string))
	tokens := d.login(t, "ada")
	d.accounts.Change(id, func(a *auth.Account) { a.PasswordChange = auth.ChangeID(id) }) // one that is long gone

	res, out := d.operate(t, "accounts/password", object{"username": "ADA", "password": "weak"})
	require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode, out)
	res, out = d.operate(t, "accounts/password", object{"username": "eve", "password": "Better-Horse-8"})
	require.Equal(t, http.StatusNotFound, res.StatusCode, out)
	res, out = d.operate(t, "accounts/password", object{"username": "ADA", "password": "Better-Horse-8"})
	require.Equal(t, http.StatusOK, res.StatusCode, out)
	require.Equal(t, "ada", out["username"])

	res, _ = d.post(t, "/login/json", object{"username": "ada", "password": good})
	require.Equal(t, http.StatusUnauthorized, res.StatusCode)
	res, _ = d.post(t, "/login/json", object{"username": "ada", "password": "Better-Horse-8"})
	require.Equal(t, http.StatusOK, res.StatusCode)
	res, out = d.post(t, "/refresh", object{"refresh_token": tokens["refresh_token"]})
	require.Equal(t, http.StatusUnauthorized, res.StatusCode)
	require.Equal(t, "session_revoked", out["code"])
}

func TestOperatorNeedsTheToken(t *testing.T) {
	t.Parallel()
	d := open(t)
	for _, path := range []string{"admins", "accounts/password"} {
		res, _ := ask(t, d.internal, http.MethodPost, "/internal/v1/"+path, "application/json", "{}")
		require.Equal(t, http.StatusUnauthorized, res.StatusCode, path)
		res, _ = ask(t, d.public, http.MethodPost, "/internal/v1/"+path, "application/json", "{}", "Authorization", "Bearer "+internalToken)
		require.Equal(t, http.StatusNotFound, res.StatusCode, path)
	}
}
