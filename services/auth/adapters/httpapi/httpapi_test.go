package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/password"
	"stockroom/pkg/sqlite"
	"stockroom/pkg/token"
	"stockroom/pkg/token/tokentest"
	"stockroom/pkg/web"
	"stockroom/services/auth"
	"stockroom/services/auth/adapters/httpapi"
	"stockroom/services/auth/adapters/jwtsigner"
	"stockroom/services/auth/adapters/sqlitestore"
	"stockroom/services/auth/authtest"
)

const (
	good          = "Correct-Horse-7"
	internalToken = "internal token"
)

// doors are the faces of a service whose neighbours are fakes.
type doors struct {
	public, internal *web.API
	accounts         *authtest.Accounts
	changes          auth.Changes
}

func open(t *testing.T) *doors {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "auth.db"), sqlitestore.Migrations())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	secrets, err := auth.Derive("secret")
	require.NoError(t, err)
	ring, err := auth.OpenKeyring(t.Context(), sqlitestore.NewKeys(db), secrets, time.Now, uuid.NewString)
	require.NoError(t, err)
	signer := jwtsigner.New(ring, tokentest.Name, tokentest.Audience)
	d := &doors{accounts: authtest.NewAccounts(), changes: sqlitestore.NewChanges(db)}
	svc := auth.NewService(auth.Parts{
		Credentials: sqlitestore.NewCredentials(db), Changes: d.changes, Sessions: sqlitestore.NewSessions(db),
		Accounts: d.accounts, Hasher: authtest.Hasher{}, Signer: signer, Secrets: secrets,
		CheckPassword: password.Check, Now: time.Now, NewID: uuid.NewString,
	})
	verifier := token.NewVerifier(token.Config{
		Issuer: tokentest.Name, Audience: tokentest.Audience, Rights: tokentest.New(t),
		JWKS: func(context.Context) ([]byte, error) { return json.Marshal(signer.JWKS()) },
	})
	d.public = web.New(web.Config{Title: "auth", Version: "1", Gate: token.NewGate(verifier, httpapi.Roles())})
	httpapi.Mount(d.public, svc, signer.JWKS)
	d.internal = web.NewInternal(web.Config{Title: "auth", Version: "1"}, internalToken, nil)
	httpapi.MountInternal(d.internal, svc)
	return d
}

type object = map[string]any

// ask sends a request through a door and returns the answer.
func ask(t *testing.T, api *web.API, method, path, media, body string, headers ...string) (*http.Response, object) {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if media != "" {
		req.Header.Set("Content-Type", media)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	res, err := api.App().Test(req, -1)
	require.NoError(t, err)
	data, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	var out object
	if len(data) > 0 {
		require.NoError(t, json.Unmarshal(data, &out), string(data))
	}
	return res, out
}

func (d *doors) post(t *testing.T, path string, body any) (*http.Response, object) {
	t.Helper()
	data, err := json.Marshal(body)
	require.NoError(t, err)
	return ask(t, d.public, http.MethodPost, "/api/v1/auth"+path, "application/json", string(data))
}

func (d *doors) register(t *testing.T, name string) object {
	t.Helper()
	res, out := d.post(t, "/register", object{"email": name + "@example.com", "username": name, "password": good})
	require.Equal(t, http.StatusCreated, res.StatusCode, out)
	return out
}

func (d *doors) login(t *testing.T, name string) object {
	t.Helper()
	res, out := d.post(t, "/login/json", object{"username": name, "password": good})
	require.Equal(t, http.StatusOK, res.StatusCode, out)
	return out
}

func TestRegister(t *testing.T) {
	t.Parallel()
	d := open(t)

	res, out := d.post(t, "/register", object{
		"email": " Ada@example.com", "username": "Ada ", "password": good,
		"id": uuid.NewString(), "role": "admin", "is_active": false, "created_at": 1, "updated_at": nil,
	})

	require.Equal(t, http.StatusCreated, res.StatusCode, out)
	require.Equal(t, "/api/v1/users/"+out["id"].(string), res.Header.Get("Location"))
	require.Len(t, out, 7)
	require.Equal(t, "Ada@example.com", out["email"])
	require.Equal(t, "Ada", out["username"])
	require.Equal(t, "user", out["role"], "nobody gives themselves a role")
	require.Equal(t, true, out["is_active"])
	require.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$`, out["created_at"])
	require.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$`, out["updated_at"])
}

// wrong lists what a problem complains of.
func wrong(out object) (list []string) {
	entries, _ := out["errors"].([]any)
	for _, e := range entries {
		list = append(list, e.(object)["pointer"].(string)+" "+e.(object)["code"].(string))
	}
	return list
}

func TestRegistrationsThatAreRefused(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		body   string
		status int
		code   string
		wrong  []string
	}{
		"Everything": {
			`{"email":"x","username":"a@b","password":"short"}`, 422, "validation_failed",
			[]string{"/email invalid", "/username invalid", "/password too_short", "/password no_upper_case", "/password no_digit"},
		},
		"Nothing":           {`{}`, 422, "validation_failed", []string{"/email required", "/username required", "/password required"}},
		"OneIsMissing":      {`{"username":"ab","password":"` + good + `"}`, 422, "validation_failed", []string{"/email required", "/username too_short"}},
		"Null":              {`{"email":null,"username":"ada","password":"` + good + `"}`, 422, "validation_failed", []string{"/email null"}},
		"Unknown":           {`{"email":"a@example.com","username":"ada","password":"` + good + `","admin":true}`, 422, "validation_failed", []string{"/admin unknown"}},
		"NoJSON":            {`{`, 400, "malformed_json", nil},
		"TakenUsername":     {`{"email":"a@example.com","username":"TAKEN","password":"` + good + `"}`, 409, "username_taken", []string{"/username taken"}},
		"TakenEmail":        {`{"email":"taken@EXAMPLE.com","username":"ada","password":"` + good + `"}`, 409, "email_taken", []string{"/email taken"}},
		"CommonPassword":    {`{"email":"a@example.com","username":"ada","password":"Password123"}`, 422, "validation_failed", []string{"/password too_common"}},
		"TakenButWeak":      {`{"email":"taken@example.com","username":"ada","password":"weak"}`, 422, "validation_failed", []string{"/password too_short", "/password no_upper_case", "/password no_digit"}},
		"EmptyTextsAreNone": {`{"email":" ","username":"","password":""}`, 422, "validation_failed", []string{"/email required", "/username required", "/password too_short", "/password no_upper_case", "/password no_lower_case", "/password no_digit"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := open(t)
			d.register(t, "taken")

			res, out := ask(t, d.public, http.MethodPost, "/api/v1/auth/register", "application/json", tt.body)

			require.Equal(t, tt.status, res.StatusCode, out)
			require.Equal(t, tt.code, out["code"])
			require.ElementsMatch(t, tt.wrong, wrong(out))
		})
	}
}

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

func TestRefresh(t *testing.T) {
	t.Parallel()
	d := open(t)
	account := d.register(t, "ada")
	tokens := d.login(t, "ada")

	res, next := d.post(t, "/refresh", object{"refresh_token": tokens["refresh_token"]})
	requireTokens(t, res, next)

	res, out := d.post(t, "/refresh", object{"refresh_token": "nonsense"})
	require.Equal(t, http.StatusUnauthorized, res.StatusCode)
	require.Equal(t, "invalid_token", out["code"])
	d.accounts.Change(auth.AccountID(account["id"].(string)), func(a *auth.Account) { a.Active = false })
	res, out = d.post(t, "/refresh", object{"refresh_token": next["refresh_token"]})
	require.Equal(t, http.StatusUnauthorized, res.StatusCode)
	require.Equal(t, "session_revoked", out["code"])
	require.Contains(t, res.Header.Get("WWW-Authenticate"), `error="invalid_token"`)
}

func TestMe(t *testing.T) {
	t.Parallel()
	d := open(t)
	account := d.register(t, "ada")
	bearer := "Bearer " + d.login(t, "ada")["access_token"].(string)
	me := func(headers ...string) (*http.Response, object) {
		return ask(t, d.public, http.MethodGet, "/api/v1/auth/me", "", "", headers...)
	}

	res, out := me("Authorization", bearer)
	require.Equal(t, http.StatusOK, res.StatusCode, out)
	require.Equal(t, account, out)

	res, out = me()
	require.Equal(t, http.StatusUnauthorized, res.StatusCode)
	require.Equal(t, "unauthenticated", out["code"])
	require.Equal(t, "Bearer", res.Header.Get("WWW-Authenticate"))
	for name, headers := range map[string][]string{
		"Nonsense":   {"Authorization", "Bearer nonsense"},
		"TwoHeaders": {"Authorization", bearer, "Authorization", bearer},
	} {
		res, out = me(headers...)
		require.Equal(t, http.StatusUnauthorized, res.StatusCode, name)
		require.Equal(t, "invalid_token", out["code"], name)
		require.Contains(t, res.Header.Get("WWW-Authenticate"), `error="invalid_token"`, name)
	}
	d.accounts.Change(auth.AccountID(account["id"].(string)), func(a *auth.Account) { a.Deleted = true })
	res, out = me("Authorization", bearer)
	require.Equal(t, http.StatusUnauthorized, res.StatusCode)
	require.Equal(t, "session_revoked", out["code"])
}

func TestKeysArePublishedWithoutTheirPrivateHalf(t *testing.T) {
	t.Parallel()
	d := open(t)

	res, out := ask(t, d.public, http.MethodGet, "/.well-known/jwks.json", "", "")

	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Equal(t, "public, max-age=60", res.Header.Get("Cache-Control"))
	keys := out["keys"].([]any)
	require.Len(t, keys, 1)
	key := keys[0].(object)
	require.Len(t, key, 6)
	for name, want := range map[string]string{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA"} {
		require.Equal(t, want, key[name])
	}
}

func TestEveryOperationHasItsAccess(t *testing.T) {
	t.Parallel()
	want := map[string]web.Access{
		"POST /api/v1/auth/register":   web.Anyone,
		"POST /api/v1/auth/login":      web.Anyone,
		"POST /api/v1/auth/login/json": web.Anyone,
		"POST /api/v1/auth/refresh":    web.Anyone,
		"GET /api/v1/auth/me":          web.SignedIn,
		"GET /.well-known/jwks.json":   web.Anyone,
	}

	got := make(map[string]web.Access)
	for _, op := range open(t).public.Operations() {
		got[op.Method+" "+op.Path] = op.Access
	}

	require.Equal(t, want, got)
}

func TestPasswordIsChangedThroughTheInternalDoor(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.register(t, "ada")["id"].(string)
	change := uuid.NewString()
	post := func(path string, body object) (*http.Response, object) {
		data, err := json.Marshal(body)
		require.NoError(t, err)
		return ask(t, d.internal, http.MethodPost, "/internal/v1/credentials/"+id+"/changes"+path,
			"application/json", string(data), "Authorization", "Bearer "+internalToken)
	}

	for name, tt := range map[string]struct {
		body   object
		status int
		code   string
		wrong  []string
	}{
		"Weak":         {object{"change_id": change, "password": "weak"}, 422, "validation_failed", []string{"/password too_short", "/password no_upper_case", "/password no_digit"}},
		"NoUUID":       {object{"change_id": "1", "password": "Better-Horse-8"}, 422, "validation_failed", []string{"/change_id invalid"}},
		"NoSession":    {object{"change_id": change, "password": "Better-Horse-8", "keep_session": "1"}, 422, "validation_failed", []string{"/keep_session invalid"}},
		"WrongCurrent": {object{"change_id": change, "password": "Better-Horse-8", "current_password": "x"}, 403, "reauthentication_required", []string{"/current_password wrong"}},
	} {
		res, out := post("", tt.body)
		require.Equal(t, tt.status, res.StatusCode, name)
		require.Equal(t, tt.code, out["code"], name)
		require.Equal(t, tt.wrong, wrong(out), name)
	}
	res, out := post("", object{"change_id": change, "password": "Better-Horse-8", "current_password": good, "keep_session": ""})
	require.Equal(t, http.StatusNoContent, res.StatusCode, out)
	d.accounts.Change(auth.AccountID(id), func(a *auth.Account) { a.PasswordChange = auth.ChangeID(change) })
	for range 2 {
		res, out = post("/"+change+"/activate", object{"keep_session": ""})
		require.Equal(t, http.StatusNoContent, res.StatusCode, out)
	}
	res, _ = post("/"+uuid.NewString()+"/activate", object{})
	require.Equal(t, http.StatusNotFound, res.StatusCode)

	res, _ = d.post(t, "/login/json", object{"username": "ada", "password": good})
	require.Equal(t, http.StatusUnauthorized, res.StatusCode)
	res, _ = d.post(t, "/login/json", object{"username": "ada", "password": "Better-Horse-8"})
	require.Equal(t, http.StatusOK, res.StatusCode)
}

func TestInternalDoorNeedsItsToken(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.register(t, "ada")["id"].(string)

	res, _ := ask(t, d.internal, http.MethodPost, "/internal/v1/credentials/"+id+"/changes", "application/json",
		`{"change_id":"`+uuid.NewString()+`","password":"Better-Horse-8"}`)

	require.Equal(t, http.StatusUnauthorized, res.StatusCode)
}
