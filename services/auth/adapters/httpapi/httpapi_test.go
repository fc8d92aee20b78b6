package httpapi_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog/sqlitelog"
	"stockroom/pkg/password"
	"stockroom/pkg/sqlite"
	"stockroom/pkg/token"
	"stockroom/pkg/token/tokentest"
	"stockroom/pkg/web"
	"stockroom/services/auth"
	"stockroom/services/auth/adapters/httpapi"
	"stockroom/services/auth/adapters/jwtsigner"
	"stockroom/services/auth/adapters/memorythrottle"
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
	mailer           *authtest.Mailer
	courier          *auth.Courier
}

func open(t *testing.T) *doors {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "auth.db"), sqlitestore.Migrations())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	secrets, err := auth.Derive("secret")
	require.NoError(t, err)
	sealer, err := auth.NewSealer("secret", "")
	require.NoError(t, err)
	plan := auth.KeyPlan{Lead: 5 * time.Minute}
	ring, err := auth.OpenKeyring(t.Context(), sqlitestore.NewKeys(db), sealer, plan, time.Now, uuid.NewString)
	require.NoError(t, err)
	signer := jwtsigner.New(ring, tokentest.Name, tokentest.Audience)
	log := sqlitelog.New(db)
	d := &doors{accounts: authtest.NewAccounts(), changes: sqlitestore.NewChanges(db, log), mailer: new(authtest.Mailer)}
	svc := auth.NewService(auth.Parts{
		Credentials: sqlitestore.NewCredentials(db, log), Changes: d.changes, Sessions: sqlitestore.NewSessions(db, log), Endings: sqlitestore.NewEndings(db),
		Letters: sqlitestore.NewLetters(db), Mail: auth.MailPolicy{On: true, Verification: auth.VerificationOff},
		Accounts: d.accounts, Hasher: authtest.Hasher{}, Signer: signer, Secrets: secrets,
		Throttle: memorythrottle.New(time.Now), Limits: auth.Limits{
			Name:    auth.Limit{Free: 3, First: time.Minute, Max: time.Hour, Keep: 2 * time.Hour},
			Address: auth.Limit{Free: 1000, First: time.Minute, Max: time.Hour, Keep: 2 * time.Hour},
		},
		CheckPassword: password.Check, Now: time.Now, NewID: uuid.NewString,
	})
	d.courier = auth.NewCourier(svc, d.mailer, auth.Texts{})
	verifier := token.NewVerifier(token.Config{
		Issuer: tokentest.Name, Audience: tokentest.Audience, Rights: new(tokentest.Log), Sessions: httpapi.Rights{Source: log, Service: svc},
		JWKS: func(context.Context) ([]byte, error) { return json.Marshal(signer.JWKS()) },
	})
	log.OnCommit(verifier.SessionsCommitted)
	follow(t, verifier)
	gate := token.NewGate(verifier, httpapi.Roles())
	d.public = web.New(web.Config{Title: "auth", Version: "1", Gate: gate})
	httpapi.Mount(d.public, svc, gate, httpapi.Issuer{Name: "https://shop.example", Keys: signer.JWKS, KeysFor: plan.MaxAge()})
	d.internal = web.NewInternal(web.Config{Title: "auth", Version: "1"}, internalToken, nil)
	httpapi.MountInternal(d.internal, svc, log)
	httpapi.MountKeys(d.internal, ring)
	httpapi.MountOperator(d.internal, svc)
	return d
}

// follow runs v until the test ends, and returns when it may be asked.
func follow(t *testing.T, v *token.Verifier) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context())) // until it is cleaned up
	done := make(chan error, 1)
	go func() { done <- v.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	require.Eventually(t, v.Fresh, 10*time.Second, time.Millisecond)
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

		"GET /api/v1/auth/sessions":         web.SignedIn,
		"DELETE /api/v1/auth/sessions/{id}": web.SignedIn,
		"POST /api/v1/auth/logout":          web.SignedIn,
		"POST /api/v1/auth/logout-all":      web.SignedIn,

		"POST /api/v1/auth/password":                   web.SignedIn,
		"POST /api/v1/auth/password-reset":             web.Anyone,
		"POST /api/v1/auth/password-reset/confirm":     web.Anyone,
		"POST /api/v1/auth/email-verification":         web.Anyone,
		"POST /api/v1/auth/email-verification/confirm": web.Anyone,

		"GET /.well-known/jwks.json":                  web.Anyone,
		"GET /.well-known/oauth-authorization-server": web.Anyone,
	}

	got := make(map[string]web.Access)
	for _, op := range open(t).public.Operations() {
		got[op.Method+" "+op.Path] = op.Access
	}

	require.Equal(t, want, got)
}
