package e2e_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	registerPath = "/api/v1/auth/register"
	loginPath    = "/api/v1/auth/login"
	jsonPath     = "/api/v1/auth/login/json"
	mePath       = "/api/v1/auth/me"
)

var authChecks = map[string]check{
	"RegisterMakesAUser":           registerMakesAUser,
	"RegisterCannotMakeAnAdmin":    registerCannotMakeAnAdmin,
	"RegisterRefusesAllAtOnce":     registerRefusesAllAtOnce,
	"RegisterKnowsTextRules":       registerKnowsTextRules,
	"RegisterKnowsPasswordRules":   registerKnowsPasswordRules,
	"RegisterRefusesTaken":         registerRefusesTaken,
	"LoginByFormJSONAndMultipart":  loginByFormJSONAndMultipart,
	"LoginTakesAnyLetterCase":      loginTakesAnyLetterCase,
	"LoginDoesNotSayWhatWasWrong":  loginDoesNotSayWhatWasWrong,
	"LoginComparesWholePasswords":  loginComparesWholePasswords,
	"LoginRefusesWrongBodies":      loginRefusesWrongBodies,
	"MeIsWhoIsSignedIn":            meIsWhoIsSignedIn,
	"TokensAreChecked":             tokensAreChecked,
	"OneAuthorizationHeaderAtMost": oneAuthorizationHeaderAtMost,
}

func registerMakesAUser(t *testing.T, w *world) {
	name := unique("Ada")
	res := w.anyone().post(t, registerPath, fields{
		"email": "  " + name + "@Example.com ", "username": " " + name + "\t", "password": password,
	}).want(http.StatusCreated)
	a := res.account()
	require.Equal(t, name+"@Example.com", a.Email, "trimmed, otherwise as sent")
	require.Equal(t, name, a.Username)
	require.Equal(t, "user", a.Role)
	require.True(t, a.IsActive)
	require.Equal(t, a.path(), res.Header.Get("Location"))
	require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, a.ID)
	requireRecent(t, a.CreatedAt)
	require.Equal(t, a.CreatedAt, a.UpdatedAt)
	require.NotContains(t, string(res.body), "password")
}

func registerCannotMakeAnAdmin(t *testing.T, w *world) {
	name := unique("eve")
	body := fields{
		"email": name + "@example.com", "username": name, "password": password,
		"role": "admin", "is_active": false, "id": nowhere, "created_at": "2001-01-01T00:00:00Z",
	}
	a := w.anyone().post(t, registerPath, body).want(http.StatusCreated).account()
	require.Equal(t, "user", a.Role)
	require.True(t, a.IsActive)
	require.NotEqual(t, nowhere, a.ID)
	requireRecent(t, a.CreatedAt)
}

func registerRefusesAllAtOnce(t *testing.T, w *world) {
	c := w.anyone()
	c.post(t, registerPath, fields{"email": "nobody", "username": "ab", "password": "short"}).
		invalid("/email", "/username", "/password")
	c.post(t, registerPath, fields{}).invalid("/email", "/username", "/password")
	c.post(t, registerPath, fields{"email": 1, "username": nil, "password": []int{}, "admin": true}).
		invalid("/admin", "/email", "/password", "/username")
}

func registerKnowsTextRules(t *testing.T, w *world) {
	name := unique("x")
	for what, body := range map[string]fields{
		"/username": {"username": "has blank"},
		"/email":    {"email": "two@at@example.com"},
	} {
		full := fields{"email": name + "@example.com", "username": name, "password": password}
		for k, v := range body {
			full[k] = v
		}
		w.anyone().post(t, registerPath, full).invalid(what)
	}
	for _, username := range []string{"at@sign", "tab\tinside", "bell\a", "ab", strings.Repeat("u", 101), "nul\x00nul"} {
		w.anyone().post(t, registerPath, fields{"email": name + "@example.com", "username": username, "password": password}).
			invalid("/username")
	}
	for _, email := range []string{"", "@example.com", "a@", "a b@example.com", strings.Repeat("a", 250) + "@example.com"} {
		w.anyone().post(t, registerPath, fields{"email": email, "username": name, "password": password}).invalid("/email")
	}
	long := unique("u")
	long += strings.Repeat("é", 100-len(long)) // characters are counted, not bytes
	a := w.anyone().post(t, registerPath, fields{"email": unique("e") + "@example.com", "username": long, "password": password}).
		want(http.StatusCreated).account()
	require.Equal(t, long, a.Username)
}

func registerKnowsPasswordRules(t *testing.T, w *world) {
	for _, bad := range []string{
		"Short-1", "no-upper-case-7", "NO-LOWER-CASE-7", "No-Digit-Here", "Password1", strings.Repeat("Aa1", 33) + "Aa",
	} {
		name := unique("p")
		w.anyone().post(t, registerPath, fields{"email": name + "@example.com", "username": name, "password": bad}).invalid("/password")
	}
}

func registerRefusesTaken(t *testing.T, w *world) {
	a := w.register(t)
	c := w.anyone()
	c.post(t, registerPath, fields{"email": strings.ToUpper(a.Email), "username": unique("x"), "password": password}).
		refused(http.StatusConflict, "email_taken", "/email")
	c.post(t, registerPath, fields{"email": unique("x") + "@example.com", "username": strings.ToUpper(a.Username), "password": password}).
		refused(http.StatusConflict, "username_taken", "/username")
	require.NotEmpty(t, w.signIn(t, a.Username, password).AccessToken, "the account is as it was")
}

func loginByFormJSONAndMultipart(t *testing.T, w *world) {
	a := w.register(t)
	values := url.Values{"grant_type": {"password"}, "username": {a.Username}, "password": {password}, "scope": {""}}

	req := w.anyone().request(t, http.MethodPost, loginPath, values.Encode())
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	byForm := w.anyone().do(t, req).want(http.StatusOK).tokens()

	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	require.NoError(t, form.WriteField("username", a.Username))
	require.NoError(t, form.WriteField("password", password))
	require.NoError(t, form.Close())
	req = w.anyone().request(t, http.MethodPost, loginPath, body.String())
	req.Header.Set("Content-Type", form.FormDataContentType())
	byMultipart := w.anyone().do(t, req).want(http.StatusOK).tokens()

	for _, got := range []tokens{byForm, byMultipart, w.signIn(t, a.Username, password)} {
		require.Equal(t, "bearer", got.TokenType)
		require.Equal(t, 300, got.ExpiresIn)
		require.NotEmpty(t, got.RefreshToken)
		require.Equal(t, a, w.as(got.AccessToken).get(t, mePath).want(http.StatusOK).account())
	}
}

func loginTakesAnyLetterCase(t *testing.T, w *world) {
	name := unique("Straße")
	w.anyone().post(t, registerPath, fields{"email": unique("x") + "@example.com", "username": name, "password": password}).
		want(http.StatusCreated)
	require.NotEmpty(t, w.signIn(t, strings.ToUpper(name), password).AccessToken)
	require.NotEmpty(t, w.signIn(t, strings.ToLower(name), password).AccessToken)
}

func loginDoesNotSayWhatWasWrong(t *testing.T, w *world) {
	a := w.register(t)
	wrong := w.anyone().post(t, jsonPath, fields{"username": a.Username, "password": "Wrong-Horse-7"})
	unknown := w.anyone().post(t, jsonPath, fields{"username": unique("nobody"), "password": "Wrong-Horse-7"})
	first := wrong.refused(http.StatusUnauthorized, "invalid_credentials")
	second := unknown.refused(http.StatusUnauthorized, "invalid_credentials")
	first.RequestID, second.RequestID = "", ""
	require.Equal(t, first, second)
}

func loginComparesWholePasswords(t *testing.T, w *world) {
	name, long := unique("long"), strings.Repeat("Aa1-", 24)+"tail"
	w.anyone().post(t, registerPath, fields{"email": name + "@example.com", "username": name, "password": long}).
		want(http.StatusCreated)
	require.NotEmpty(t, w.signIn(t, name, long).AccessToken)
	w.anyone().post(t, jsonPath, fields{"username": name, "password": long[:96] + "head"}).
		refused(http.StatusUnauthorized, "invalid_credentials")
	w.anyone().post(t, jsonPath, fields{"username": name, "password": long[:72]}).
		refused(http.StatusUnauthorized, "invalid_credentials")
}

func loginRefusesWrongBodies(t *testing.T, w *world) {
	c := w.anyone()
	c.post(t, jsonPath, fields{}).invalid("/username", "/password")
	c.post(t, loginPath, fields{"username": "a", "password": "b"}).refused(http.StatusUnsupportedMediaType, "unsupported_media_type")

	form := c.request(t, http.MethodPost, loginPath, "username=a")
	form.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	c.do(t, form).invalid("/password")

	form = c.request(t, http.MethodPost, jsonPath, "username=a&password=b")
	form.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	c.do(t, form).refused(http.StatusUnsupportedMediaType, "unsupported_media_type")
}

func meIsWhoIsSignedIn(t *testing.T, w *world) {
	a, c := w.user(t)
	require.Equal(t, a, c.get(t, mePath).want(http.StatusOK).account())
	require.Equal(t, w.system.Admin.Username, w.admin(t).get(t, mePath).want(http.StatusOK).account().Username)
}

func tokensAreChecked(t *testing.T, w *world) {
	res := w.anyone().get(t, mePath)
	res.refused(http.StatusUnauthorized, "unauthenticated")
	require.Equal(t, "Bearer", res.Header.Get("WWW-Authenticate"), "nothing was sent, so nothing is invalid")

	_, c := w.user(t)
	parts := strings.Split(c.token, ".")
	require.Len(t, parts, 3)
	swapped := strings.Split(w.admin(t).token, ".")
	for name, token := range map[string]string{
		"Garbage": "garbage", "NoSignature": parts[0] + "." + parts[1] + ".", "OthersClaims": parts[0] + "." + swapped[1] + "." + parts[2],
		"AlgNone": "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0." + parts[1] + ".", "Padded": c.token + "=",
	} {
		res := w.as(token).get(t, mePath)
		res.refused(http.StatusUnauthorized, "invalid_token")
		require.Contains(t, res.Header.Get("WWW-Authenticate"), `error="invalid_token"`, name)
	}
}

func oneAuthorizationHeaderAtMost(t *testing.T, w *world) {
	_, c := w.user(t)
	req := c.request(t, http.MethodGet, mePath, nil)
	req.Header.Add("Authorization", "Bearer "+w.admin(t).token)
	c.do(t, req).want(http.StatusUnauthorized)

	req = w.anyone().request(t, http.MethodGet, mePath, nil)
	req.Header.Set("Authorization", "Basic "+c.token)
	c.do(t, req).want(http.StatusUnauthorized)
}
