package httpapi_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/token"
	"stockroom/pkg/token/tokentest"
	"stockroom/pkg/web"
	"stockroom/services/users"
	"stockroom/services/users/adapters/httpapi"
	"stockroom/services/users/userstest"
)

const (
	bossID = "0190a000-0000-7000-8000-000000000001"
	adaID  = "0190a000-0000-7000-8000-000000000002"
	noID   = "0190a000-0000-7000-8000-000000000009"

	good = "Correct-Horse-7" // a password that keeps the rules
)

var start = time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)

// world is the API over a service in memory, with an admin and a user.
type world struct {
	t         *testing.T
	api       *web.API
	svc       *users.Service
	store     *userstest.Store
	passwords *userstest.Passwords
	tokens    map[string]string // by who they are of
}

func newWorld(t *testing.T) *world {
	t.Helper()

	w := &world{t: t, store: new(userstest.Store), passwords: new(userstest.Passwords)}
	w.svc = users.NewService(w.store, w.store, w.passwords, time.Now, func() users.ChangeID {
		return users.ChangeID(uuid.NewString())
	})
	for id, role := range map[string]users.Role{bossID: users.RoleAdmin, adaID: users.RoleUser} {
		name := map[string]string{bossID: "Boss", adaID: "Ada"}[id]
		_, _, err := w.store.Create(t.Context(), users.Account{
			ID: users.AccountID(id), Email: users.Email(name + "@Example.com"), Username: users.Username(name),
			Role: role, IsActive: true, CreatedAt: start, UpdatedAt: start,
		}, users.Caller{})
		require.NoError(t, err)
	}
	issuer := tokentest.New(t)
	w.tokens = map[string]string{
		"boss": issuer.Token(t, bossID, "admin"),
		"ada":  issuer.Token(t, adaID, "user"),
		"old":  issuer.Sign(t, oldClaims()),
		"bad":  "bad",
	}
	w.api = web.New(web.Config{Gate: token.NewGate(verifier(t, issuer), users.Permissions())})
	httpapi.Mount(w.api, w.svc)
	return w
}

// oldClaims are of a session of Ada whose password was given long ago.
func oldClaims() token.Claims {
	c := tokentest.Claims(adaID, "user")
	c.SignedInAt.Time = c.SignedInAt.Add(-time.Hour)
	return c
}

func verifier(t *testing.T, issuer *tokentest.Issuer) *token.Verifier {
	t.Helper()

	v := token.NewVerifier(issuer.Config())
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- v.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	require.Eventually(t, v.Fresh, 10*time.Second, time.Millisecond)
	return v
}

// call sends a request as somebody, or as nobody, and returns the answer.
func (w *world) call(as, method, path, body string, headers ...string) (*http.Response, string) {
	w.t.Helper()

	req := httptest.NewRequestWithContext(w.t.Context(), method, "/api/v1/users"+path, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if as != "" {
		req.Header.Set("Authorization", "Bearer "+w.tokens[as])
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := w.api.App().Test(req, -1)
	require.NoError(w.t, err)
	defer res.Body.Close() //nolint:errcheck // it is in memory
	answer, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	return res, string(answer)
}

// problem returns the code of a problem and the places of its errors.
func problem(t *testing.T, answer string) (code string, places []string) {
	t.Helper()

	var p web.Problem
	require.NoError(t, json.Unmarshal([]byte(answer), &p), answer)
	for _, e := range p.Errors {
		places = append(places, e.Pointer+e.Parameter)
	}
	return p.Code, places
}

func TestRefusals(t *testing.T) {
	t.Parallel()

	w := newWorld(t) // nothing below changes it
	for name, tt := range map[string]struct {
		as, method, path, body string
		status                 int
		code                   string
		places                 []string
	}{
		"ListAsNobody": {"", "GET", "", "", 401, "unauthenticated", nil},
		"ListAsBad":    {"bad", "GET", "", "", 401, "invalid_token", nil},
		"ListAsUser":   {"ada", "GET", "", "", 403, "permission_denied", nil},
		"ListPageZero": {"boss", "GET", "?page=0&page_size=101", "", 422, "validation_failed", []string{"page", "page_size"}},
		"ListTwice":    {"boss", "GET", "?page=1&page=2", "", 422, "validation_failed", []string{"page"}},

		"ListOddly": {
			"boss", "GET", "?role=owner&is_active=maybe&include_deleted=2&sort_by=role&sort_order=up&search=" + strings.Repeat("x", 255), "", 422, "validation_failed",
			[]string{"role", "is_active", "include_deleted", "sort_by", "sort_order", "search"},
		},
		"MeAsNobody":    {"", "GET", "/me", "", 401, "unauthenticated", nil},
		"PatchOther":    {"ada", "PATCH", "/" + bossID, `{"username":"x"}`, 403, "permission_denied", nil},
		"PatchNull":     {"ada", "PATCH", "/" + adaID, `{"email":null,"username":null}`, 422, "validation_failed", []string{"/email", "/username"}},
		"PatchTaken":    {"ada", "PATCH", "/" + adaID, `{"username":"BOSS"}`, 409, "username_taken", []string{"/username"}},
		"DeactivateOwn": {"ada", "POST", "/" + adaID + "/deactivate", "", 403, "permission_denied", nil},
		"ActivateOwn":   {"ada", "POST", "/" + adaID + "/activate", "", 403, "permission_denied", nil},
		"RestoreOwn":    {"ada", "POST", "/" + adaID + "/restore", "", 403, "permission_denied", nil},
		"EraseOwn":      {"ada", "POST", "/" + adaID + "/erase", "", 403, "permission_denied", nil},
		"AuditOwn":      {"ada", "GET", "/" + adaID + "/audit", "", 403, "permission_denied", nil},
		"AuditUnknown":  {"boss", "GET", "/" + noID + "/audit", "", 404, "not_found", nil},
		"AuditPaging":   {"boss", "GET", "/" + adaID + "/audit?page=0&page_size=101", "", 422, "validation_failed", []string{"page", "page_size"}},
		"EraseUnknown":  {"boss", "POST", "/" + noID + "/erase", "", 404, "not_found", nil},
		"EraseLast":     {"boss", "POST", "/" + bossID + "/erase", "", 409, "last_admin", nil},
		"DeactivLast":   {"boss", "POST", "/" + bossID + "/deactivate", "", 409, "last_admin", nil},
		"RestoreNobody": {"boss", "POST", "/" + noID + "/restore", "", 404, "not_found", nil},

		"GetOther":    {"ada", "GET", "/" + bossID, "", 403, "permission_denied", nil},
		"GetUnknown":  {"boss", "GET", "/" + noID, "", 404, "not_found", nil},
		"GetNoUUID":   {"boss", "GET", "/ada", "", 422, "validation_failed", []string{"id"}},
		"GetUpper":    {"boss", "GET", "/" + strings.ToUpper(adaID), "", 422, "validation_failed", []string{"id"}},
		"PutOther":    {"ada", "PUT", "/" + bossID, `{"username":"x"}`, 403, "permission_denied", nil},
		"PutNoJSON":   {"boss", "PUT", "/" + adaID, `{`, 400, "malformed_json", nil},
		"PutUnknown":  {"boss", "PUT", "/" + noID, `{"username":"eve"}`, 404, "not_found", nil},
		"PutAbsurd":   {"boss", "PUT", "/" + noID, `{"username":"e"}`, 422, "validation_failed", []string{"/username"}},
		"PutTaken":    {"boss", "PUT", "/" + adaID, `{"email":"BOSS@example.COM"}`, 409, "email_taken", []string{"/email"}},
		"PutTakenToo": {"ada", "PUT", "/" + adaID, `{"username":"BOSS"}`, 409, "username_taken", []string{"/username"}},
		"PutNull":     {"ada", "PUT", "/" + adaID, `{"email":null}`, 422, "validation_failed", []string{"/email"}},
		"PutAllWrong": {
			"ada", "PUT", "/" + adaID, `{"email":"x","username":"a b","password":"short","nickname":1}`, 422, "validation_failed",
			[]string{"/nickname", "/email", "/username", "/password", "/password", "/password"},
		},
		"PutWrongType":   {"ada", "PUT", "/" + adaID, `{"email":1,"username":"e"}`, 422, "validation_failed", []string{"/email", "/username"}},
		"PutOldSignIn":   {"old", "PUT", "/" + adaID, `{"password":"` + good + `"}`, 403, "reauthentication_required", nil},
		"PutWrongProof":  {"ada", "PUT", "/" + adaID, `{"password":"` + good + `","current_password":"x"}`, 403, "reauthentication_required", nil},
		"DeleteAsSelf":   {"ada", "DELETE", "/" + adaID, "", 403, "permission_denied", nil},
		"DeleteUnknown":  {"boss", "DELETE", "/" + noID, "", 404, "not_found", nil},
		"DeleteLast":     {"boss", "DELETE", "/" + bossID, "", 409, "last_admin", nil},
		"RoleAsSelf":     {"ada", "PUT", "/" + adaID + "/role?role=admin", "", 403, "permission_denied", nil},
		"RoleMissing":    {"boss", "PUT", "/" + adaID + "/role", "", 422, "validation_failed", []string{"/role"}},
		"RoleEmptyBody":  {"boss", "PUT", "/" + adaID + "/role", `{}`, 422, "validation_failed", []string{"/role"}},
		"RoleNull":       {"boss", "PUT", "/" + adaID + "/role", `{"role":null}`, 422, "validation_failed", []string{"/role"}},
		"RoleOdd":        {"boss", "PUT", "/" + adaID + "/role?role=root", "", 422, "validation_failed", []string{"role"}},
		"RoleOddInBody":  {"boss", "PUT", "/" + adaID + "/role", `{"role":"Admin"}`, 422, "validation_failed", []string{"/role"}},
		"RoleTwoMinds":   {"boss", "PUT", "/" + adaID + "/role?role=admin", `{"role":"user"}`, 422, "validation_failed", []string{"/role"}},
		"RoleUnknown":    {"boss", "PUT", "/" + noID + "/role?role=admin", "", 404, "not_found", nil},
		"RoleLast":       {"boss", "PUT", "/" + bossID + "/role", `{"role":"user"}`, 409, "last_admin", nil},
		"RoleUnknownKey": {"boss", "PUT", "/" + adaID + "/role?role=admin", `{"rolle":"user"}`, 422, "validation_failed", []string{"/rolle"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			res, answer := w.call(tt.as, tt.method, tt.path, tt.body)
			require.Equal(t, tt.status, res.StatusCode, answer)
			code, places := problem(t, answer)
			require.Equal(t, tt.code, code)
			require.ElementsMatch(t, tt.places, places, answer)
		})
	}
}
