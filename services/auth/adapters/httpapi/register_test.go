package httpapi_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestRegister(t *testing.T) {
	t.Parallel()
	d := open(t)

	res, out := d.post(t, "/register", object{
		"email": " Ada@example.com", "username": "Ada ", "password": good,
		"id": uuid.NewString(), "role": "admin", "is_active": false, "created_at": 1, "updated_at": nil,
	})

	require.Equal(t, http.StatusCreated, res.StatusCode, out)
	require.Equal(t, "/api/v1/users/"+out["id"].(string), res.Header.Get("Location"))
	require.Len(t, out, 8)
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
