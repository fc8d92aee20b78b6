package usersclient_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/services/auth"
	"stockroom/services/auth/adapters/usersclient"
	"stockroom/services/auth/authtest"
)

const internalToken = "internal token"

func TestAccounts(t *testing.T) {
	t.Parallel()

	authtest.TestAccounts(t, func(t *testing.T) (auth.Accounts, *authtest.Accounts) {
		behind := authtest.NewAccounts()
		server := httptest.NewServer(door(behind))
		t.Cleanup(server.Close)
		return usersclient.New(server.URL, internalToken), behind
	})
}

// door is the internal door of users in front of accounts in memory.
func door(a *authtest.Accounts) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /internal/v1/accounts/availability", func(w http.ResponseWriter, r *http.Request) {
		in := read(r)
		err := a.Available(r.Context(), in["email"], in["username"])
		if errs.KindOf(err) == errs.Invalid {
			answer(w, nil, err)
			return
		}
		out := map[string]bool{"email_taken": false, "username_taken": false}
		if e, ok := errors.AsType[*errs.Error](err); ok {
			for _, f := range e.Fields {
				out[f.Pointer[1:]+"_taken"] = true
			}
		}
		answer(w, out, nil)
	})
	mux.HandleFunc("POST /internal/v1/accounts/lookup", func(w http.ResponseWriter, r *http.Request) {
		found, err := a.Lookup(r.Context(), read(r)["username"])
		answer(w, wire(found), err)
	})
	mux.HandleFunc("PUT /internal/v1/accounts/{id}", func(w http.ResponseWriter, r *http.Request) {
		in := read(r)
		made, err := a.Create(r.Context(), auth.Account{
			ID: auth.AccountID(r.PathValue("id")), Email: in["email"], Username: in["username"], Role: auth.Role(in["role"]),
		})
		answer(w, wire(made), err)
	})
	mux.HandleFunc("GET /internal/v1/accounts/{id}", func(w http.ResponseWriter, r *http.Request) {
		found, err := a.Account(r.Context(), auth.AccountID(r.PathValue("id")))
		answer(w, wire(found), err)
	})
	mux.HandleFunc("GET /internal/v1/admins", func(w http.ResponseWriter, r *http.Request) {
		n, err := a.ActiveAdmins(r.Context())
		answer(w, map[string]int{"active": n}, err)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+internalToken {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func read(r *http.Request) (in map[string]string) {
	_ = json.NewDecoder(r.Body).Decode(&in)
	return in
}

func wire(a auth.Account) map[string]any {
	return map[string]any{
		"id": a.ID, "email": a.Email, "username": a.Username, "role": a.Role, "is_active": a.Active, "deleted": a.Deleted,
		"authz_version": a.AuthzVersion, "password_change": a.PasswordChange,
		"created_at": a.CreatedAt.Format(time.RFC3339Nano), "updated_at": a.UpdatedAt.Format(time.RFC3339Nano),
	}
}

func answer(w http.ResponseWriter, out any, err error) {
	if err == nil {
		_ = json.NewEncoder(w).Encode(out)
		return
	}
	e, _ := errors.AsType[*errs.Error](err)
	status := map[errs.Kind]int{
		errs.Invalid: http.StatusUnprocessableEntity, errs.NotFound: http.StatusNotFound, errs.Conflict: http.StatusConflict,
	}[e.Kind]
	list := []map[string]string{}
	for _, f := range e.Fields {
		list = append(list, map[string]string{"pointer": f.Pointer, "code": f.Code, "detail": f.Detail})
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"code": e.Code, "status": status, "errors": list})
}

func TestAnswersThatAreNone(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		status int
		body   string
		want   errs.Kind
	}{
		"Broken":          {http.StatusInternalServerError, `{"code":"internal"}`, errs.Unavailable},
		"Overloaded":      {http.StatusServiceUnavailable, `{"code":"dependency_unavailable"}`, errs.Unavailable},
		"NotLetIn":        {http.StatusUnauthorized, `{"code":"unauthenticated"}`, errs.Internal},
		"OtherConflict":   {http.StatusConflict, `{"code":"account_exists"}`, errs.Internal},
		"NoProblem":       {http.StatusNotFound, `nginx`, errs.Internal},
		"NoJSON":          {http.StatusOK, `<html>`, errs.Internal},
		"AnswerElsewhere": {http.StatusFound, `{}`, errs.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.body))
			}))
			t.Cleanup(server.Close)
			client := usersclient.New(server.URL, internalToken)

			_, err := client.Create(t.Context(), auth.Account{ID: auth.AccountID(authtest.ID())})

			require.Error(t, err)
			require.Equal(t, tt.want, errs.KindOf(err))
			require.NotContains(t, err.Error(), internalToken)
		})
	}
}

func TestUsersThatAreAwayAreUnavailable(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	client := usersclient.New(server.URL, internalToken)
	server.Close()

	_, err := client.Lookup(t.Context(), "ada")

	require.Equal(t, errs.Unavailable, errs.KindOf(err))
}

func TestNameThatUsersRefusesBelongsToNobody(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer(w, nil, errs.Validation(errs.Field{Pointer: "/username", Code: "too_long"}))
	}))
	t.Cleanup(server.Close)

	_, err := usersclient.New(server.URL, internalToken).Lookup(t.Context(), "ada")

	require.ErrorIs(t, err, auth.ErrAccountNotFound)
}
