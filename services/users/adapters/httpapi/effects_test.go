package httpapi_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/users"
	"stockroom/services/users/adapters/httpapi"
	"stockroom/services/users/userstest"
)

const ada = `{"id":"` + adaID + `","email":"Ada@Example.com","username":"Ada","role":"user","is_active":true,"email_verified":false,
	"created_at":"2025-01-02T03:04:05.000000Z","updated_at":"2025-01-02T03:04:05.000000Z"}`

func TestGet(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	for _, as := range []string{"ada", "boss"} {
		res, answer := w.call(as, "GET", "/"+adaID, "")
		require.Equal(t, 200, res.StatusCode)
		require.JSONEq(t, ada, answer)
	}
}

func TestList(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	for query, want := range map[string]string{
		"":                              `"total":2,"page":1,"page_size":10,"total_pages":1}`,
		"?page=2&page_size=1&unknown=x": `"total":2,"page":2,"page_size":1,"total_pages":2}`,
		"?page=9223372036854775807":     `{"items":[],"total":2,"page":9223372036854775807,"page_size":10,"total_pages":1}`,
		"?page=3&page_size=1":           `{"items":[],"total":2,"page":3,"page_size":1,"total_pages":2}`,
		"?search=aDa%40":                `"total":1,"page":1,"page_size":10,"total_pages":1}`,
		"?search=":                      `"total":2,"page":1,"page_size":10,"total_pages":1}`,
		"?role=admin&is_active=yes":     `"total":1,"page":1,"page_size":10,"total_pages":1}`,
		"?is_active=false":              `{"items":[],"total":0,"page":1,"page_size":10,"total_pages":1}`,
	} {
		res, answer := w.call("boss", "GET", query, "")
		require.Equal(t, 200, res.StatusCode)
		require.True(t, strings.HasSuffix(answer, want), answer)
	}
}

func TestEditAndSendBack(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	res, answer := w.call("ada", "PUT", "/"+adaID, `{"username":" Countess "}`)
	require.Equal(t, 200, res.StatusCode, answer)
	require.Contains(t, answer, `"username":"Countess"`)
	require.Contains(t, answer, `"email":"Ada@Example.com"`)
	require.NotContains(t, answer, `"updated_at":"2025-01-02T03:04:05.000000Z"`)

	res, again := w.call("ada", "PUT", "/"+adaID, answer)
	require.Equal(t, 200, res.StatusCode, again)
	require.JSONEq(t, answer, again, "what was read can be sent back, and changes nothing")
}

func TestOwnShapeIsIgnoredNotApplied(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	res, answer := w.call("ada", "PUT", "/"+adaID,
		`{"id":"`+bossID+`","role":"admin","is_active":false,"email_verified":true,"created_at":"x","updated_at":null}`)
	require.Equal(t, 200, res.StatusCode, answer)
	require.JSONEq(t, ada, answer)
}

func TestImportedUsernameMayBeSentBack(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	_, err := w.store.Update(t.Context(), adaID, users.Change{
		Action: users.ActionEdit, At: start, Apply: func(a *users.Account) error { a.Username = "ada@home"; return nil },
	})
	require.NoError(t, err)

	res, answer := w.call("ada", "PUT", "/"+adaID, `{"username":"ada@home","email":"new@example.com"}`)
	require.Equal(t, 200, res.StatusCode, answer)
	res, answer = w.call("ada", "PUT", "/"+adaID, `{"username":"ada@work"}`)
	require.Equal(t, 422, res.StatusCode, answer)
}

func TestPassword(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	res, answer := w.call("ada", "PUT", "/"+adaID, `{"password":"`+good+`"}`)
	require.Equal(t, 200, res.StatusCode, answer)
	require.NotContains(t, answer, good)
	res, answer = w.call("old", "PUT", "/"+adaID, `{"password":"`+good+`","current_password":"`+userstest.CurrentPassword+`"}`)
	require.Equal(t, 200, res.StatusCode, answer)
	res, answer = w.call("boss", "PUT", "/"+adaID, `{"password":"`+good+`"}`)
	require.Equal(t, 200, res.StatusCode, answer)

	done := w.passwords.Activated()
	require.Len(t, done, 3)
	require.NotEmpty(t, done[0].KeepSession, "one's own session goes on")
	require.Empty(t, done[2].KeepSession, "what an admin changes ends all sessions")
}

func TestPasswordWithoutAuth(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	w.passwords.ActivateErr = fmt.Errorf("dial: %w", users.ErrAuthUnavailable)
	res, answer := w.call("ada", "PUT", "/"+adaID, `{"password":"`+good+`"}`)
	require.Equal(t, 503, res.StatusCode)
	require.Equal(t, "1", res.Header.Get("Retry-After"))
	require.NotContains(t, answer, "dial")
}

func TestRole(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct{ query, body string }{
		"Query": {"?role=admin", ""}, "Body": {"", `{"role":"admin"}`}, "Both": {"?role=admin", `{"role":"admin"}`},
		"SentBack": {"", strings.Replace(ada, `"role":"user"`, `"role":"admin"`, 1)}, "EmptyBody": {"?role=admin", `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			w := newWorld(t)
			res, answer := w.call("boss", "PUT", "/"+adaID+"/role"+tt.query, tt.body)
			require.Equal(t, 200, res.StatusCode, answer)
			var got struct{ Role string }
			require.NoError(t, json.Unmarshal([]byte(answer), &got))
			require.Equal(t, "admin", got.Role)
		})
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	res, answer := w.call("boss", "DELETE", "/"+adaID, "")
	require.Equal(t, 204, res.StatusCode)
	require.Empty(t, answer)
	for _, again := range []string{"DELETE", "GET"} {
		res, answer = w.call("boss", again, "/"+adaID, "")
		require.Equal(t, 404, res.StatusCode, answer)
	}

	audit, err := w.store.Trail(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, audit, 1)
	require.Equal(t, users.AccountID(bossID), audit[0].Actor)
	require.NotEmpty(t, audit[0].RequestID)
}

func TestEveryOperationHasAnAccessRow(t *testing.T) {
	t.Parallel()

	rows := httpapi.Access()
	var held []string
	for _, permissions := range users.Permissions() {
		held = append(held, permissions...)
	}
	for _, op := range newWorld(t).api.Operations() {
		row, ok := rows[op.ID]
		require.True(t, ok, op.ID)
		require.Equal(t, row, op.Access, op.ID)
		if op.ID != "getMe" {
			require.Contains(t, held, row.Permission, "%s needs a permission that somebody has", op.ID)
		}
		delete(rows, op.ID)
	}
	require.Empty(t, rows, "rows of operations that are gone")
}
