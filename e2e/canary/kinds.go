package canary

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
)

// maker makes requests of somebody, the same ones from the same seed but for
// what the system has made up: ids and tokens.
type maker struct {
	*rand.Rand
	all []*person
}

// kinds are the requests that are sent, the more often the higher the number.
var kinds = []struct {
	often int
	make  func(m maker, r request) request
}{
	{10, maker.me},
	{8, maker.meOfAuth},
	{3, maker.sessions},
	{6, maker.own},
	{4, maker.others},
	{14, maker.product},
	{5, maker.unchanged},
	{4, maker.tagOfAnother},
	{8, maker.list},
	{5, maker.search},
	{3, maker.head},
	{3, maker.people},
	{2, maker.rename},
	{3, maker.restock},
	{1, maker.signIn},
	{1, maker.refresh},
	{2, maker.health},
	{1, maker.keys},
	{12, maker.refused},
	{4, maker.hopeless},
}

// request makes up one.
func (m maker) request(n int64) request {
	r := request{by: m.all[m.IntN(len(m.all))]}
	if m.IntN(20) > 0 {
		r.id = fmt.Sprintf("%s-%d", r.by.marker, n)
	}
	total := 0
	for _, k := range kinds {
		total += k.often
	}
	at := m.IntN(total)
	for _, k := range kinds {
		if at -= k.often; at < 0 {
			r = k.make(m, r)
			break
		}
	}
	r.chunked = r.body != "" && !r.last && m.IntN(4) == 0
	if m.IntN(8) == 0 {
		r = r.with("Idempotency-Key: " + r.by.marker)
	}
	if m.IntN(40) == 0 && !r.last {
		r = r.with("Connection: close").closing()
	}
	return r
}

func (r request) named(kind, method, target string) request {
	r.kind, r.method, r.target = kind, method, target
	return r
}

func (m maker) me(r request) request {
	r = r.named("account", http.MethodGet, "/api/v1/users/me").signed()
	return r.may(http.StatusOK).showing(r.by.id, r.by.marker)
}

func (m maker) meOfAuth(r request) request {
	r = r.named("account at auth", http.MethodGet, "/api/v1/auth/me").signed()
	return r.may(http.StatusOK).showing(r.by.id, r.by.marker)
}

func (m maker) sessions(r request) request {
	r = r.named("sessions", http.MethodGet, "/api/v1/auth/sessions").signed()
	return r.may(http.StatusOK).showing(r.by.device())
}

func (m maker) own(r request) request {
	r = r.named("account by id", http.MethodGet, "/api/v1/users/"+r.by.id).signed()
	return r.may(http.StatusOK).showing(r.by.id, r.by.marker)
}

// others asks for the account of somebody else.
func (m maker) others(r request) request {
	other := m.all[m.IntN(len(m.all))]
	r = r.named("account of another", http.MethodGet, "/api/v1/users/"+other.id).signed().may(http.StatusForbidden)
	r.mentions = []string{other.id}
	if r.by.admin || r.by == other {
		r = r.may(http.StatusOK).showing(other.id, other.marker)
		r.mentions = append(r.mentions, other.marker)
	}
	return r
}

func (m maker) product(r request) request {
	r = r.named("product", http.MethodGet, "/api/v1/products/"+r.by.product).may(http.StatusOK).showing(r.by.product, r.by.marker)
	r.learn = func(a *answer) error {
		r.by.seen(a.header.Get("ETag"))
		return nil
	}
	return r
}

func (m maker) unchanged(r request) request {
	r = m.product(r)
	if tag := r.by.lastTag(); tag != "" {
		return r.with("If-None-Match: "+tag).may(http.StatusOK, http.StatusNotModified)
	}
	return r
}

// tagOfAnother presents the tag of another product, which must not count.
func (m maker) tagOfAnother(r request) request {
	other := m.all[m.IntN(len(m.all))]
	r = m.product(r)
	if tag := other.lastTag(); tag != "" && other != r.by {
		return r.with("If-None-Match: " + tag)
	}
	return r
}

func (m maker) packed(r request) request {
	switch m.IntN(3) {
	case 0:
		return r.with("Accept-Encoding: gzip")
	case 1:
		return r.with("Accept-Encoding: zstd, gzip;q=0.5")
	}
	return r
}

func (m maker) list(r request) request {
	r = r.named("list", http.MethodGet, "/api/v1/products?category="+r.by.marker)
	return m.packed(r).may(http.StatusOK).showing(r.by.product, r.by.marker)
}

func (m maker) search(r request) request {
	r = r.named("search", http.MethodGet, "/api/v1/products/search?q="+r.by.marker)
	return m.packed(r).may(http.StatusOK).showing(r.by.product, r.by.marker)
}

func (m maker) head(r request) request {
	return r.named("head of product", http.MethodHead, "/api/v1/products/"+r.by.product).may(http.StatusOK)
}

func (m maker) people(r request) request {
	r = r.named("people", http.MethodGet, "/api/v1/users?search="+r.by.marker).signed().may(http.StatusForbidden)
	if r.by.admin {
		return r.may(http.StatusOK).showing(r.by.id, r.by.marker)
	}
	return r
}

func (m maker) rename(r request) request {
	email := fmt.Sprintf("%s+%d@example.com", r.by.marker, m.Uint32())
	r = r.named("new email", http.MethodPatch, "/api/v1/users/"+r.by.id).signed().json(map[string]any{"email": email})
	return r.may(http.StatusOK).showing(r.by.id, email)
}

func (m maker) restock(r request) request {
	body := r.by.draft(m.IntN(1000))
	delete(body, "sku")
	r = r.named("change of product", http.MethodPut, "/api/v1/products/"+r.by.product).signed().json(body).may(http.StatusForbidden)
	if m.IntN(4) == 0 {
		r = r.with("Expect: 100-continue")
	}
	if r.by.admin {
		return r.may(http.StatusOK).showing(r.by.product, r.by.marker)
	}
	return r
}

func (m maker) signIn(r request) request {
	r = r.named("sign-in", http.MethodPost, "/api/v1/auth/login/json").with("User-Agent: " + r.by.device())
	r = r.json(map[string]any{"username": r.by.marker, "password": password}).may(http.StatusOK)
	r.learn = func(a *answer) error {
		access, refresh, err := r.by.tokens(a)
		if err == nil {
			r.by.signedIn(access, refresh)
		}
		return err
	}
	return r
}

func (m maker) refresh(r request) request {
	token := r.by.refreshToken()
	if token == "" {
		return m.signIn(r)
	}
	r = r.named("refresh", http.MethodPost, "/api/v1/auth/refresh").json(map[string]any{"refresh_token": token}).may(http.StatusOK)
	r.learn = func(a *answer) error {
		_, _, err := r.by.tokens(a)
		return err
	}
	return r
}

// tokens returns those in an answer, which must be for p.
func (p *person) tokens(a *answer) (access, refresh string, err error) {
	var got struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if err := json.Unmarshal(a.body, &got); err != nil {
		return "", "", err
	}
	parts := strings.Split(got.Access, ".")
	if len(parts) != 3 {
		return "", "", fmt.Errorf("the token has %d parts", len(parts))
	}
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", "", err
	}
	var of struct{ Sub string }
	if err := json.Unmarshal(claims, &of); err != nil {
		return "", "", err
	}
	if of.Sub != p.id {
		return "", "", fmt.Errorf("the token is for %s, not %s", of.Sub, p.id)
	}
	return got.Access, got.Refresh, nil
}

func (m maker) health(r request) request {
	return r.named("health", http.MethodGet, "/health").may(http.StatusOK).showing("healthy")
}

func (m maker) keys(r request) request {
	r = r.named("keys", http.MethodGet, "/.well-known/jwks.json").may(http.StatusOK).showing("OKP")
	r.public = true
	return r
}
