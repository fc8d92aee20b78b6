package httpapi_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

const better = "Better-Horse-8"

// as sends a body with a token.
func (d *doors) as(t *testing.T, tokens object, path string, body any) (*http.Response, object) {
	t.Helper()
	data, media := "", ""
	if body != nil {
		text, err := json.Marshal(body)
		require.NoError(t, err)
		data, media = string(text), "application/json"
	}
	return ask(t, d.public, http.MethodPost, "/api/v1/auth"+path, media, data, "Authorization", "Bearer "+tokens["access_token"].(string))
}

var code = regexp.MustCompile(`[A-Za-z0-9_-]{43}`)

// mailed returns the tokens in all mails so far.
func (d *doors) mailed(t *testing.T) (tokens []string) {
	t.Helper()
	require.NoError(t, d.courier.Deliver(t.Context()))
	for _, m := range d.mailer.Mails() {
		tokens = append(tokens, code.FindString(m.Text))
	}
	return tokens
}

func requireRefusal(t *testing.T, res *http.Response, out object, status int, code string, pointers ...string) {
	t.Helper()
	require.Equal(t, status, res.StatusCode, out)
	require.Equal(t, code, out["code"])
	var got []string
	errors, _ := out["errors"].([]any)
	for _, e := range errors {
		got = append(got, e.(object)["pointer"].(string))
	}
	require.ElementsMatch(t, pointers, got)
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.register(t, "ada")
	tokens := d.login(t, "ada")

	res, out := d.as(t, tokens, "/password", object{"current_password": "Wrong-Horse-7", "new_password": better})
	requireRefusal(t, res, out, http.StatusForbidden, "reauthentication_required", "/current_password")
	res, out = d.as(t, tokens, "/password", object{"current_password": good, "new_password": "Sh-1"})
	requireRefusal(t, res, out, http.StatusUnprocessableEntity, "validation_failed", "/new_password")
	res, out = d.as(t, tokens, "/password", object{})
	requireRefusal(t, res, out, http.StatusUnprocessableEntity, "validation_failed", "/current_password", "/new_password")
	res, out = d.post(t, "/password", object{"current_password": good, "new_password": better})
	requireRefusal(t, res, out, http.StatusUnauthorized, "unauthenticated")

	res, next := d.as(t, tokens, "/password", object{"current_password": good, "new_password": better})
	requireTokens(t, res, next)
	require.NotEqual(t, tokens["refresh_token"], next["refresh_token"])
	res, out = d.post(t, "/login/json", object{"username": "ada", "password": good})
	requireRefusal(t, res, out, http.StatusUnauthorized, "invalid_credentials")
}

func TestPasswordReset(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.register(t, "ada")
	for _, email := range []string{"ADA@example.com", "nobody@example.com"} {
		res, out := d.post(t, "/password-reset", object{"email": email})
		require.Equal(t, http.StatusAccepted, res.StatusCode)
		require.Empty(t, out)
	}
	res, out := d.post(t, "/password-reset", object{"email": " "})
	requireRefusal(t, res, out, http.StatusUnprocessableEntity, "validation_failed", "/email")
	tokens := d.mailed(t)
	require.Len(t, tokens, 1)

	res, out = d.post(t, "/password-reset/confirm", object{"token": "wrong", "new_password": better})
	requireRefusal(t, res, out, http.StatusUnprocessableEntity, "validation_failed", "/token")
	res, out = d.post(t, "/password-reset/confirm", object{"token": tokens[0], "new_password": "Sh-1"})
	requireRefusal(t, res, out, http.StatusUnprocessableEntity, "validation_failed", "/new_password")

	res, out = d.post(t, "/password-reset/confirm", object{"token": tokens[0], "new_password": better})
	require.Equal(t, http.StatusNoContent, res.StatusCode, out)
	res, out = d.post(t, "/password-reset/confirm", object{"token": tokens[0], "new_password": better})
	requireRefusal(t, res, out, http.StatusUnprocessableEntity, "validation_failed", "/token")
	res, out = d.post(t, "/login/json", object{"username": "ada", "password": better})
	requireTokens(t, res, out)
}

func TestEmailVerification(t *testing.T) {
	t.Parallel()
	d := open(t)
	account := d.register(t, "ada")
	require.Equal(t, false, account["email_verified"])
	d.register(t, "bob")
	signedIn := d.login(t, "ada")

	res, out := ask(t, d.public, http.MethodPost, "/api/v1/auth/email-verification", "", "")
	requireRefusal(t, res, out, http.StatusUnauthorized, "unauthenticated")
	require.Equal(t, "Bearer", res.Header.Get("WWW-Authenticate"))
	res, out = d.post(t, "/email-verification", object{})
	requireRefusal(t, res, out, http.StatusUnauthorized, "unauthenticated")
	require.Empty(t, d.mailed(t))

	for _, send := range []func() (*http.Response, object){
		func() (*http.Response, object) { return d.as(t, signedIn, "/email-verification", nil) },
		func() (*http.Response, object) {
			return d.post(t, "/email-verification", object{"email": "BOB@example.com"})
		},
		func() (*http.Response, object) {
			return d.post(t, "/email-verification", object{"email": "eve@example.com"})
		},
	} {
		res, out := send()
		require.Equal(t, http.StatusAccepted, res.StatusCode, out)
		require.Empty(t, out)
	}
	tokens := d.mailed(t)
	require.Len(t, tokens, 2)

	for _, token := range tokens {
		res, out := d.post(t, "/email-verification/confirm", object{"token": token})
		require.Equal(t, http.StatusNoContent, res.StatusCode, out)
		res, out = d.post(t, "/email-verification/confirm", object{"token": token})
		requireRefusal(t, res, out, http.StatusUnprocessableEntity, "validation_failed", "/token")
	}
	got, err := d.accounts.Account(t.Context(), auth.AccountID(account["id"].(string)))
	require.NoError(t, err)
	require.True(t, got.EmailVerified)
}
