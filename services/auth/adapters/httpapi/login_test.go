package httpapi_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

func requireTokens(t *testing.T, res *http.Response, out object) {
	t.Helper()
	require.Equal(t, http.StatusOK, res.StatusCode, out)
	require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
	require.Len(t, out, 4)
	require.NotEmpty(t, out["access_token"])
	require.NotEmpty(t, out["refresh_token"])
	require.Equal(t, "bearer", out["token_type"])
	require.InDelta(t, 300, out["expires_in"], 0)
}

func TestLoginWithForms(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.register(t, "ada")
	const path = "/api/v1/auth/login"

	form := url.Values{"username": {"Ada"}, "password": {good}}
	res, out := ask(t, d.public, http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode())
	requireTokens(t, res, out)

	form = url.Values{
		"grant_type": {"password"}, "username": {"ada"}, "password": {good},
		"scope": {""}, "client_id": {"x"}, "client_secret": {"y"}, "other": {"z"},
	}
	res, out = ask(t, d.public, http.MethodPost, path, "application/x-www-form-urlencoded; charset=utf-8", form.Encode())
	requireTokens(t, res, out)

	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	require.NoError(t, parts.WriteField("username", "ada"))
	require.NoError(t, parts.WriteField("password", good))
	require.NoError(t, parts.Close())
	res, out = ask(t, d.public, http.MethodPost, path, parts.FormDataContentType(), body.String())
	requireTokens(t, res, out)
}

func TestLoginJSON(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.register(t, "ada")

	res, out := d.post(t, "/login/json", object{"username": "ADA", "password": good})

	requireTokens(t, res, out)
}

func TestLoginsThatAreRefused(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.register(t, "ada")
	const form, jsonType = "application/x-www-form-urlencoded", "application/json"

	for name, tt := range map[string]struct {
		path, media, body string
		status            int
		code              string
	}{
		"WrongPassword":  {"/login", form, "username=ada&password=Wrong-Horse-7", 401, "invalid_credentials"},
		"UnknownName":    {"/login/json", jsonType, `{"username":"nobody","password":"x"}`, 401, "invalid_credentials"},
		"OtherGrant":     {"/login", form, "grant_type=client_credentials&username=ada&password=" + good, 422, "validation_failed"},
		"NoPassword":     {"/login", form, "username=ada", 422, "validation_failed"},
		"PasswordTwice":  {"/login", form, "username=ada&password=a&password=" + good, 422, "validation_failed"},
		"JSONToTheForm":  {"/login", jsonType, `{"username":"ada","password":"` + good + `"}`, 415, "unsupported_media_type"},
		"FormToTheJSON":  {"/login/json", form, "username=ada&password=" + good, 415, "unsupported_media_type"},
		"NumberForAName": {"/login/json", jsonType, `{"username":1,"password":"x"}`, 422, "validation_failed"},
	} {
		res, out := ask(t, d.public, http.MethodPost, "/api/v1/auth"+tt.path, tt.media, tt.body)
		require.Equal(t, tt.status, res.StatusCode, name)
		require.Equal(t, tt.code, out["code"], name)
		if tt.status == http.StatusUnauthorized {
			require.NotContains(t, res.Header.Get("WWW-Authenticate"), "invalid_token", name)
		}
	}
}

func TestFailedLoginsHaveTheSameBytes(t *testing.T) {
	t.Parallel()
	d := open(t)
	account := d.register(t, "inactive")
	d.register(t, "ada")
	d.accounts.Change(auth.AccountID(account["id"].(string)), func(a *auth.Account) { a.Active = false })
	var answers []object
	for _, body := range []object{
		{"username": "ada", "password": "Wrong-Horse-7"}, {"username": "nobody", "password": good}, {"username": "inactive", "password": good},
	} {
		data, err := json.Marshal(body)
		require.NoError(t, err)
		_, out := ask(t, d.public, http.MethodPost, "/api/v1/auth/login/json", "application/json", string(data), "X-Request-Id", "same")
		answers = append(answers, out)
	}

	require.Equal(t, answers[0], answers[1])
	require.Equal(t, answers[0], answers[2])
}
