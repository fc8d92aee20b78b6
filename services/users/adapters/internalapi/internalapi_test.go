package internalapi_test

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/web"
	"stockroom/services/users"
	"stockroom/services/users/adapters/internalapi"
	"stockroom/services/users/userstest"
)

const (
	adaID = "0190a000-0000-7000-8000-000000000002"
	eveID = "0190a000-0000-7000-8000-000000000003"

	secret = "an internal token for this test only"

	ada = `{"id":"` + adaID + `","email":"Ada@Example.com","username":"Ada","role":"admin","is_active":true,"email_verified":false,"deleted":false,
		"authz_version":1,"reinstated_version":0,"password_change":"","created_at":"2025-01-02T03:04:05Z","updated_at":"2025-01-02T03:04:05Z"}`
)

var start = time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)

// world is the API over a service in memory, with one account in it.
type world struct {
	t     *testing.T
	api   *web.API
	store *userstest.Store
}

func newWorld(t *testing.T) *world {
	t.Helper()

	w := &world{t: t, store: new(userstest.Store)}
	svc := users.NewService(w.store, w.store, new(userstest.Passwords), func() time.Time { return start }, nil)
	w.api = web.NewInternal(web.Config{}, secret, nil)
	internalapi.Mount(w.api, svc, w.store)
	status, _ := w.call("PUT", "accounts/"+adaID, `{"email":"Ada@Example.com","username":"Ada","role":"admin"}`)
	require.Equal(t, 201, status)
	return w
}

func (w *world) call(method, path, body string) (int, string) {
	w.t.Helper()

	return w.callWith("Bearer "+secret, method, path, body)
}

func (w *world) callWith(auth, method, path, body string) (int, string) {
	w.t.Helper()

	req := httptest.NewRequestWithContext(w.t.Context(), method, "/internal/v1/"+path, strings.NewReader(body))
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Authorization", auth)
	res, err := w.api.App().Test(req, -1)
	require.NoError(w.t, err)
	defer res.Body.Close() //nolint:errcheck // it is in memory
	answer, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	return res.StatusCode, string(answer)
}

func TestAnswers(t *testing.T) {
	t.Parallel()

	w := newWorld(t) // nothing below changes it
	for name, tt := range map[string]struct {
		method, path, body string
		status             int
		want               string
	}{
		"Read":               {"GET", "accounts/" + adaID, "", 200, ada},
		"ReadUnknown":        {"GET", "accounts/" + eveID, "", 404, "not_found"},
		"ReadNoUUID":         {"GET", "accounts/ada", "", 422, "validation_failed"},
		"Lookup":             {"POST", "accounts/lookup", `{"username":" aDA "}`, 200, ada},
		"LookupUnknown":      {"POST", "accounts/lookup", `{"username":"eve"}`, 404, "not_found"},
		"LookupOdd":          {"POST", "accounts/lookup", `{"username":"a b@c"}`, 404, "not_found"},
		"LookupEmail":        {"POST", "accounts/lookup-email", `{"email":" aDA@example.com "}`, 200, ada},
		"LookupUnknownEmail": {"POST", "accounts/lookup-email", `{"email":"eve@example.com"}`, 404, "not_found"},
		"PasswordOvertaken":  {"PUT", "accounts/" + adaID + "/password-change", `{"change_id":"` + eveID + `","previous":"` + eveID[:35] + `4"}`, 409, "password_changed"},
		"PasswordOfNobody":   {"PUT", "accounts/" + eveID + "/password-change", `{"change_id":"` + eveID + `"}`, 404, "not_found"},
		"PasswordNothing":    {"PUT", "accounts/" + adaID + "/password-change", `{"actor":"x"}`, 422, "/change_id"},
		"VerifyOther":        {"PUT", "accounts/" + adaID + "/email-verification", `{"email":"ada@example.com"}`, 409, "email_changed"},
		"VerifyNobody":       {"PUT", "accounts/" + eveID + "/email-verification", `{"email":"ada@example.com"}`, 404, "not_found"},
		"LookupNothing":      {"POST", "accounts/lookup", `{}`, 422, "/username"},
		"Available":          {"POST", "accounts/availability", `{"email":"e@example.com","username":"eve"}`, 200, `{"email_taken":false,"username_taken":false}`},
		"Taken":              {"POST", "accounts/availability", `{"email":"ADA@example.com","username":"ADA"}`, 200, `{"email_taken":true,"username_taken":true}`},
		"AvailableNever":     {"POST", "accounts/availability", `{"email":"e","username":"e"}`, 422, `"pointer":"/username"`},
		"Known":              {"POST", "accounts/known", `{"ids":["` + eveID + `","` + adaID + `"]}`, 200, `{"ids":["` + adaID + `"]}`},
		"KnownNone":          {"POST", "accounts/known", `{"ids":[]}`, 200, `{"ids":[]}`},
		"KnownNoUUID":        {"POST", "accounts/known", `{"ids":["ada"]}`, 422, "validation_failed"},
		"CreateAgain":        {"PUT", "accounts/" + adaID, `{"email":"Ada@Example.com","username":"Ada","role":"admin"}`, 200, ada},
		"CreateOther":        {"PUT", "accounts/" + adaID, `{"email":"Ada@Example.com","username":"Eve","role":"admin"}`, 409, "account_exists"},
		"CreateTaken":        {"PUT", "accounts/" + eveID, `{"email":"ada@example.com","username":"Eve","role":"user"}`, 409, "email_taken"},
		"CreateTakenName":    {"PUT", "accounts/" + eveID, `{"email":"eve@example.com","username":"ADA","role":"user"}`, 409, "username_taken"},
		"CreateWrong":        {"PUT", "accounts/" + eveID, `{"email":"eve","username":"eve","role":"root"}`, 422, `"pointer":"/role"`},
		"Admins":             {"GET", "admins", "", 200, `{"active":1}`},
		"NoRevocations":      {"GET", "revocations", "", 200, `{"epoch":1,"seq":1,"items":[]}`},
		"Head":               {"GET", "head", "", 200, `{"epoch":1,"seq":1}`},
		"Log":                {"GET", "log?after=0&limit=5", "", 200, `"ids":["` + adaID + `"]`},
		"NobodySaysWhatIs":   {"GET", "nothing", "", 404, "not_found"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			status, answer := w.call(tt.method, tt.path, tt.body)
			require.Equal(t, tt.status, status, answer)
			if strings.HasPrefix(tt.want, "{") {
				require.JSONEq(t, tt.want, answer)
				return
			}
			require.Contains(t, answer, tt.want)
		})
	}
}

func TestRevocationsAndRecords(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	status, _ := w.call("PUT", "accounts/"+eveID, `{"email":"eve@example.com","username":"Eve","role":"user"}`)
	require.Equal(t, 201, status)
	_, err := w.store.Update(t.Context(), eveID, users.Change{
		Action: users.ActionDelete, At: start,
		Apply: func(a *users.Account) error { a.DeletedAt = start; return nil },
	})
	require.NoError(t, err)

	status, answer := w.call("GET", "revocations", "")
	require.Equal(t, 200, status)
	require.JSONEq(t, `{"epoch":1,"seq":3,"items":[{"id":"`+eveID+`","av":3}]}`, answer)

	status, answer = w.call("GET", "accounts/"+eveID, "")
	require.Equal(t, 200, status)
	require.Contains(t, answer, `"deleted":true`)
}

func TestOperatorErases(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	status, answer := w.call("POST", "accounts/"+adaID+"/erase", "")
	require.Equal(t, 409, status, answer)
	require.Contains(t, answer, "last_admin")
	status, answer = w.call("POST", "accounts/"+eveID+"/erase", "")
	require.Equal(t, 404, status, answer)

	status, _ = w.call("PUT", "accounts/"+eveID, `{"email":"eve@example.com","username":"Eve","role":"user"}`)
	require.Equal(t, 201, status)
	for range 2 {
		status, answer = w.call("POST", "accounts/"+eveID+"/erase", "")
		require.Equal(t, 204, status, answer)
	}
	trail, err := w.store.Trail(t.Context(), 1, 10) // the first is Ada's, who is an admin
	require.NoError(t, err)
	require.Len(t, trail, 1)
	require.Equal(t, users.OriginOperator, trail[0].Origin)
	require.Empty(t, trail[0].Actor)
	require.NotEmpty(t, trail[0].RequestID)
	_, answer = w.call("GET", "accounts/"+eveID, "")
	require.NotContains(t, strings.ToLower(answer), "eve")
}

func TestOperatorIsOnRecord(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	for _, actor := range []string{"", `,"actor":"` + eveID + `","previous":"` + eveID + `"`} {
		change := map[bool]string{true: eveID, false: adaID}[actor == ""]
		status, answer := w.call("PUT", "accounts/"+adaID+"/password-change", `{"change_id":"`+change+`"`+actor+`}`)
		require.Equal(t, 200, status, answer)
	}
	trail, err := w.store.Trail(t.Context(), 1, 10) // the first is of when Ada was made
	require.NoError(t, err)
	require.Len(t, trail, 2)
	require.Equal(t, users.OriginOperator, trail[0].Origin)
	require.Equal(t, users.OriginAccount, trail[1].Origin)
	require.Equal(t, users.AccountID(eveID), trail[1].Actor)
}

func TestProofs(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	for _, body := range []string{ // the second answer of each is for whom the first was lost
		`{"change_id":"` + eveID + `","actor":"` + adaID + `"}`, `{"change_id":"` + eveID + `","actor":"` + adaID + `"}`,
	} {
		status, answer := w.call("PUT", "accounts/"+adaID+"/password-change", body)
		require.Equal(t, 200, status, answer)
		require.Contains(t, answer, `"password_change":"`+eveID+`"`)
		require.Contains(t, answer, `"authz_version":2`)
	}
	for range 2 {
		status, answer := w.call("PUT", "accounts/"+adaID+"/email-verification", `{"email":"Ada@Example.com"}`)
		require.Equal(t, 200, status, answer)
		require.Contains(t, answer, `"email_verified":true`)
		require.Contains(t, answer, `"authz_version":2`)
	}
	status, answer := w.call("GET", "head", "")
	require.Equal(t, 200, status)
	require.JSONEq(t, `{"epoch":1,"seq":3}`, answer, "one commit of each")

	status, answer = w.call("PUT", "accounts/"+eveID, `{"email":"eve@example.com","username":"eve","role":"user","email_verified":true}`)
	require.Equal(t, 201, status, answer)
	require.Contains(t, answer, `"email_verified":true`)
}

func TestNobodyComesInWithoutTheToken(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	for _, op := range w.api.Operations() {
		for _, auth := range []string{"", "Bearer", "Bearer wrong", "Basic " + secret} {
			path := strings.ReplaceAll(strings.TrimPrefix(op.Path, "/internal/v1/"), "{id}", adaID)
			status, answer := w.callWith(auth, op.Method, path, "")
			require.Equal(t, 401, status, "%s: %s", op.ID, answer)
		}
	}
	for _, path := range []string{"head", "log"} {
		status, _ := w.callWith("Bearer wrong", "GET", path, "")
		require.Equal(t, 401, status, path)
	}
}
