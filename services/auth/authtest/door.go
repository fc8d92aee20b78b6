package authtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"stockroom/pkg/errs"
	"stockroom/services/auth"
)

// Door is the internal door of users in front of a, to be opened with token.
func Door(a *Accounts, token string) http.Handler {
	mux := http.NewServeMux()
	mountAccounts(mux, a)
	mux.HandleFunc("GET /internal/v1/admins", func(w http.ResponseWriter, r *http.Request) {
		n, err := a.ActiveAdmins(r.Context())
		answer(w, map[string]int{"active": n}, err)
	})
	mux.HandleFunc("GET /internal/v1/head", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]int64{"epoch": 1, "seq": 0}, nil)
	})
	mux.HandleFunc("GET /internal/v1/revocations", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"epoch": 1, "seq": 0, "items": []any{}}, nil)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func mountAccounts(mux *http.ServeMux, a *Accounts) {
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
	mux.HandleFunc("POST /internal/v1/accounts/known", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			IDs []auth.AccountID `json:"ids"`
		}
		_ = json.NewDecoder(r.Body).Decode(&in)
		ids, err := a.Known(r.Context(), in.IDs)
		answer(w, map[string]any{"ids": ids}, err)
	})
	mux.HandleFunc("PUT /internal/v1/accounts/{id}", func(w http.ResponseWriter, r *http.Request) {
		in := read(r)
		made, err := a.Create(r.Context(), auth.Account{
			ID: auth.AccountID(r.PathValue("id")), Email: in["email"], Username: in["username"], Role: auth.Role(in["role"]),
			EmailVerified: in["email_verified"] == "true",
		})
		answer(w, wire(made), err)
	})
	mux.HandleFunc("GET /internal/v1/accounts/{id}", func(w http.ResponseWriter, r *http.Request) {
		found, err := a.Account(r.Context(), auth.AccountID(r.PathValue("id")))
		answer(w, wire(found), err)
	})
	mux.HandleFunc("POST /internal/v1/accounts/lookup-email", func(w http.ResponseWriter, r *http.Request) {
		found, err := a.LookupEmail(r.Context(), read(r)["email"])
		answer(w, wire(found), err)
	})
	mux.HandleFunc("PUT /internal/v1/accounts/{id}/password-change", func(w http.ResponseWriter, r *http.Request) {
		in, id := read(r), r.PathValue("id")
		found, err := a.ChangePassword(r.Context(), auth.AccountID(in["actor"]), auth.AccountID(id), auth.ChangeID(in["change_id"]), auth.ChangeID(in["previous"]))
		if errors.Is(err, auth.ErrCredentialChanged) {
			err = errs.New(errs.Conflict, "password_changed", "as users calls it")
		}
		answer(w, wire(found), err)
	})
	mux.HandleFunc("PUT /internal/v1/accounts/{id}/email-verification", func(w http.ResponseWriter, r *http.Request) {
		id := auth.AccountID(r.PathValue("id"))
		if err := a.VerifyEmail(r.Context(), id, read(r)["email"]); err != nil {
			answer(w, nil, err)
			return
		}
		found, err := a.Account(r.Context(), id)
		answer(w, wire(found), err)
	})
}

// read returns the members of a body as texts.
func read(r *http.Request) map[string]string {
	var in map[string]any
	_ = json.NewDecoder(r.Body).Decode(&in)
	texts := make(map[string]string, len(in))
	for name, value := range in {
		texts[name] = fmt.Sprint(value)
	}
	return texts
}

func wire(a auth.Account) map[string]any {
	return map[string]any{
		"id": a.ID, "email": a.Email, "username": a.Username, "role": a.Role, "is_active": a.Active, "email_verified": a.EmailVerified, "deleted": a.Deleted,
		"authz_version": a.AuthzVersion, "reinstated_version": a.ReinstatedVersion, "password_change": a.PasswordChange,
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
