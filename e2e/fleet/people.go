package fleet

import (
	"context"
	"fmt"
	"net/url"
	"time"
)

// refreshEvery is far below the life of an access token.
const refreshEvery = time.Second

type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

func (s *shop) signIn(username, password string) (t tokens, ok bool) {
	a, ok := s.client.do(login, request{
		method: "POST", path: "/api/v1/auth/login", form: url.Values{"username": {username}, "password": {password}},
	})
	return t, ok && a.into(&t) == nil
}

func (s *shop) refresh(t *tokens) bool {
	a, ok := s.client.do(refresh, request{method: "POST", path: "/api/v1/auth/refresh", body: map[string]any{"refresh_token": t.Refresh}})
	return ok && a.into(t) == nil
}

// newcomer registers, signs in, and looks at the own account.
func (s *shop) newcomer() {
	const password = "Correct-Horse-7"
	name := fmt.Sprintf("fleet-%s-%d", s.run, s.people.Add(1))
	a, ok := s.client.do(register, request{method: "POST", path: "/api/v1/auth/register", body: map[string]any{
		"email": name + "@fleet.example", "username": name, "password": password,
	}})
	var account struct {
		ID string `json:"id"`
	}
	if !ok || a.into(&account) != nil {
		return
	}
	s.ledger.registered(account.ID)
	if t, ok := s.signIn(name, password); ok {
		s.client.do(readAccount, request{method: "GET", path: "/api/v1/auth/me", token: t.Access})
	}
}

// administrate keeps a session of the administrator, whose token all use.
func (s *shop) administrate(ctx context.Context, cfg Config) {
	var t tokens
	for pause(ctx, refreshEvery) == nil {
		if t.Refresh == "" || !s.refresh(&t) {
			// Whether a refresh token that got no answer is used up, nobody knows.
			t, _ = s.signIn(cfg.Username, cfg.Password)
		}
		if t.Access != "" {
			s.admin.Store(t.Access)
		}
	}
}
