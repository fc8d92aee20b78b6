package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/users"
)

func TestMe(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	res, answer := w.call("ada", "GET", "/me", "")
	require.Equal(t, 200, res.StatusCode)
	require.JSONEq(t, ada, answer)

	for _, way := range []string{"POST /%s/deactivate", "DELETE /%s"} {
		method, path, _ := strings.Cut(fmt.Sprintf(way, adaID), " ")
		res, answer = w.call("boss", method, path, "")
		require.Less(t, res.StatusCode, 300, answer)
		res, answer = w.call("ada", "GET", "/me", "") // this verifier has not heard of it
		require.Equal(t, 401, res.StatusCode)
		code, _ := problem(t, answer)
		require.Equal(t, "session_revoked", code)
		w.call("boss", "POST", "/"+adaID+"/activate", "")
	}
}

func TestPatch(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	for media, status := range map[string]int{
		"application/merge-patch+json": 200, "application/json": 200, "application/merge-patch+json; charset=utf-8": 200,
		"application/json-patch+json": 415, "text/plain": 415,
	} {
		res, answer := w.call("ada", "PATCH", "/"+adaID, `{"username":"Countess"}`, "Content-Type", media)
		require.Equal(t, status, res.StatusCode, "%s: %s", media, answer)
	}
	res, answer := w.call("ada", "PUT", "/"+adaID, `{}`, "Content-Type", "application/merge-patch+json")
	require.Equal(t, 415, res.StatusCode, answer)
}

func TestStatus(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	for _, tt := range []struct {
		method, path string
		status       int
		has          string
	}{
		{"POST", "/activate", 200, `"is_active":true`},
		{"POST", "/restore", 200, `"is_active":true`},
		{"POST", "/deactivate", 200, `"is_active":false`},
		{"POST", "/deactivate", 200, `"is_active":false`},
		{"DELETE", "", 204, ""},
		{"POST", "/activate", 404, `"not_found"`},
		{"POST", "/deactivate", 404, `"not_found"`},
		{"POST", "/restore", 200, `"is_active":false`},
		{"POST", "/activate", 200, `"is_active":true`},
	} {
		before := len(w.trail())
		res, answer := w.call("boss", tt.method, "/"+adaID+tt.path, "")
		require.Equal(t, tt.status, res.StatusCode, answer)
		require.Contains(t, answer, tt.has)
		if before == 0 && tt.path != "/deactivate" {
			require.JSONEq(t, ada, answer, "what changes nothing leaves no trace")
			require.Empty(t, w.trail())
		}
	}
	require.Len(t, w.trail(), 4)
}

func (w *world) trail() []users.Entry {
	w.t.Helper()

	all, err := w.store.Trail(w.t.Context(), 0, 100)
	require.NoError(w.t, err)
	return all
}

func TestRestoreOfTakenNames(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	w.call("boss", "DELETE", "/"+adaID, "")
	_, answer := w.call("boss", "PUT", "/"+bossID, `{"username":"ADA"}`)
	require.Contains(t, answer, `"username":"ADA"`)
	res, answer := w.call("boss", "POST", "/"+adaID+"/restore", "")
	require.Equal(t, 409, res.StatusCode)
	code, _ := problem(t, answer)
	require.Equal(t, "username_taken", code)
}

func TestDeletedAccountsAreListedOnDemand(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	w.call("boss", "DELETE", "/"+adaID, "")
	_, answer := w.call("boss", "GET", "?search=ada", "")
	require.Contains(t, answer, `"total":0`)
	_, answer = w.call("boss", "GET", "?search=ada&include_deleted=true", "")
	require.Contains(t, answer, `"total":1`)
	require.Contains(t, answer, `"deleted_at":"`)

	w.call("boss", "POST", "/"+adaID+"/restore", "")
	res, answer := w.call("boss", "PUT", "/"+adaID, strings.Replace(ada, "{", `{"deleted_at":"2025-01-02T03:04:05.000000Z",`, 1))
	require.Equal(t, 200, res.StatusCode, "what was read can be sent back: %s", answer)
}

func TestErase(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	w.call("boss", "PUT", "/"+adaID, `{"username":"Countess"}`)
	for range 2 {
		res, answer := w.call("boss", "POST", "/"+adaID+"/erase", "")
		require.Equal(t, 204, res.StatusCode, answer)
	}
	require.Equal(t, []users.AccountID{adaID, adaID}, w.passwords.Removed())
	for method, path := range map[string]string{"GET": "", "PUT": "", "DELETE": "", "POST": "/restore"} {
		res, answer := w.call("boss", method, "/"+adaID+path, `{}`)
		require.Equal(t, 404, res.StatusCode, answer)
	}
	_, answer := w.call("boss", "GET", "?include_deleted=true", "")
	require.Contains(t, answer, `"total":1`)

	res, answer := w.call("boss", "GET", "/"+adaID+"/audit", "")
	require.Equal(t, 200, res.StatusCode)
	for _, gone := range []string{"Ada", "ada@", "Countess"} {
		require.NotContains(t, answer, gone)
	}
}

func TestAudit(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	w.call("boss", "PUT", "/"+adaID, `{"username":"Countess"}`, "X-Request-Id", "r1")
	w.call("boss", "POST", "/"+adaID+"/deactivate", "", "X-Request-Id", "r2")
	require.NoError(t, w.svc.Erase(t.Context(), users.Caller{Operator: true, RequestID: "r3"}, adaID))

	_, answer := w.call("boss", "GET", "/"+adaID+"/audit?page_size=2", "")
	var got struct {
		Items             []map[string]any
		Total, TotalPages int
	}
	require.NoError(t, json.Unmarshal([]byte(answer), &got))
	require.Equal(t, 3, got.Total)
	require.Len(t, got.Items, 2)
	require.Nil(t, got.Items[0]["actor"])
	require.Equal(t, "operator", got.Items[0]["origin"])
	require.Equal(t, map[string]any{"email": nil, "username": nil, "deleted": true}, got.Items[0]["after"])
	delete(got.Items[1], "at")
	require.Equal(t, map[string]any{
		"seq": 4.0, "actor": map[string]any{"id": bossID, "username": "Boss"}, "origin": "account", "action": "deactivate",
		"before": map[string]any{"is_active": true}, "after": map[string]any{"is_active": false}, "request_id": "r2",
	}, got.Items[1])

	_, answer = w.call("boss", "GET", "/"+adaID+"/audit?page=2&page_size=2", "")
	require.Contains(t, answer, `"before":{"username":null},"after":{"username":null}`)
	_, answer = w.call("boss", "GET", "/"+bossID+"/audit", "")
	require.JSONEq(t, `{"items":[],"total":0,"page":1,"page_size":10,"total_pages":1}`, answer)
}

func TestConditions(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	res, _ := w.call("ada", "GET", "/me", "")
	first := res.Header.Get("ETag")
	require.NotEmpty(t, first)
	require.Equal(t, "private, no-cache", res.Header.Get("Cache-Control"))
	for _, path := range []string{"/me", "/" + adaID} {
		res, answer := w.call("ada", "GET", path, "", "If-None-Match", `"1", `+first)
		require.Equal(t, 304, res.StatusCode)
		require.Empty(t, answer)
		require.Equal(t, first, res.Header.Get("ETag"))
	}
	res, answer := w.call("ada", "PATCH", "/"+adaID, `{"username":"Countess"}`, "If-Match", first)
	require.Equal(t, 200, res.StatusCode, answer)
	second := res.Header.Get("ETag")
	require.NotEqual(t, first, second)
	res, _ = w.call("ada", "GET", "/me", "", "If-None-Match", first)
	require.Equal(t, 200, res.StatusCode)
	require.Equal(t, second, res.Header.Get("ETag"))

	for way, body := range map[string]string{
		"PUT": `{"username":"Queen"}`, "PATCH": `{"password":"` + good + `"}`, "DELETE": "", "PUT /role?role=admin": "",
		"POST /deactivate": "", "POST /activate": "", "POST /restore": "",
	} {
		method, path, _ := strings.Cut(way, " ")
		for _, stale := range []string{first, "W/" + second, `"x"`} {
			res, answer := w.call("boss", method, "/"+adaID+path, body, "If-Match", stale)
			require.Equal(t, http.StatusPreconditionFailed, res.StatusCode, "%s: %s", way, answer)
		}
	}
	require.Empty(t, w.passwords.Pending(), "nothing was hashed")
	res, _ = w.call("boss", "DELETE", "/"+adaID, "", "If-Match", second)
	require.Equal(t, 204, res.StatusCode)
}
