package rights

import (
	"encoding/json"
	"errors"
	"net/http"
)

// change is a way to lose rights. It returns when it has been acknowledged.
type change struct {
	name  string
	carry func(o *office, p person) error
}

var changes = []change{
	{"demote", byOwner(http.MethodPut, "/role?role=user", http.StatusOK)},
	{"deactivate", byOwner(http.MethodPost, "/deactivate", http.StatusOK)},
	{"delete", byOwner(http.MethodDelete, "", http.StatusNoContent)},
	{"log out", func(o *office, p person) error {
		_, err := o.call(http.MethodPost, "/api/v1/auth/logout", p.token, nil, http.StatusNoContent)
		return err
	}},
	{"log out everywhere", fromElsewhere(func(o *office, _, other person) error {
		_, err := o.call(http.MethodPost, "/api/v1/auth/logout-all", other.token, nil, http.StatusNoContent)
		return err
	})},
	{"end a session", fromElsewhere(endSession)},
	{"change the password", fromElsewhere(func(o *office, _, other person) error {
		_, err := o.call(http.MethodPost, "/api/v1/auth/password", other.token,
			map[string]string{"current_password": password, "new_password": password + "-9"}, http.StatusOK)
		return err
	})},
}

// byOwner returns a change that the owner makes to an account.
func byOwner(method, path string, want int) func(*office, person) error {
	return func(o *office, p person) error {
		owner, err := o.asOwner()
		if err != nil {
			return err
		}
		_, err = o.call(method, "/api/v1/users/"+p.id+path, owner, nil, want)
		return err
	}
}

// fromElsewhere returns a change that people make from another session of theirs.
func fromElsewhere(carry func(o *office, p, other person) error) func(*office, person) error {
	return func(o *office, p person) error {
		other, err := o.signIn(p.name, password)
		if err != nil {
			return err
		}
		return carry(o, p, other)
	}
}

var errOneSession = errors.New("the other session is not listed")

func endSession(o *office, _, other person) error {
	answer, err := o.call(http.MethodGet, "/api/v1/auth/sessions", other.token, nil, http.StatusOK)
	if err != nil {
		return err
	}
	var list struct {
		Items []struct {
			ID      string `json:"id"`
			Current bool   `json:"current"`
		} `json:"items"`
	}
	if err := json.Unmarshal(answer, &list); err != nil {
		return err
	}
	for _, s := range list.Items {
		if !s.Current {
			_, err := o.call(http.MethodDelete, "/api/v1/auth/sessions/"+s.ID, other.token, nil, http.StatusNoContent)
			return err
		}
	}
	return errOneSession
}
