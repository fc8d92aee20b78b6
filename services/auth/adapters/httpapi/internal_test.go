package httpapi_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

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

func TestCredentialIsRemovedThroughTheInternalDoor(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.register(t, "ada")["id"].(string)
	d.register(t, "eve")
	session := d.login(t, "ada")

	for range 2 {
		res, out := ask(t, d.internal, http.MethodDelete, "/internal/v1/credentials/"+id, "", "", "Authorization", "Bearer "+internalToken)
		require.Equal(t, http.StatusNoContent, res.StatusCode, out)
	}

	res, _ := d.post(t, "/login/json", object{"username": "ada", "password": good})
	require.Equal(t, http.StatusUnauthorized, res.StatusCode)
	res, _ = d.post(t, "/refresh", object{"refresh_token": session["refresh_token"]})
	require.Equal(t, http.StatusUnauthorized, res.StatusCode)
	d.login(t, "eve")
	res, _ = ask(t, d.internal, http.MethodDelete, "/internal/v1/credentials/"+id, "", "")
	require.Equal(t, http.StatusUnauthorized, res.StatusCode)
}

func TestInternalDoorNeedsItsToken(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.register(t, "ada")["id"].(string)

	res, _ := ask(t, d.internal, http.MethodPost, "/internal/v1/credentials/"+id+"/changes", "application/json",
		`{"change_id":"`+uuid.NewString()+`","password":"Better-Horse-8"}`)

	require.Equal(t, http.StatusUnauthorized, res.StatusCode)
}
