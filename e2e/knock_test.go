package e2e_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
)

// knocker asks for everything that there is, each in a way of its own: whether
// it is answered depends on what is away.
type knocker struct {
	t        *testing.T
	w        *world
	l        *load
	narrow   string // a gateway with narrow limits, which believes who says where a request comes from
	person   account
	token    string // of that
	spare    string // its refresh token
	product  product
	list     string
	changed  product // one that has changed is not shown as it was, so it is another one
	visitors int
}

// What a narrow gateway lets an address do.
const (
	narrowRate   = 2 // per second
	narrowWindow = 5 * time.Second
)

func openKnocker(t *testing.T, w *world, l *load) *knocker {
	t.Helper()

	addr := stack.FreeAddr(t)
	w.system.Processes["gateway"].Beside(t, map[string]string{
		"ADDR": addr, "INTERNAL_ADDR": stack.FreeAddr(t), "TRUSTED_PROXIES": "127.0.0.0/8",
		"RATE_ADDRESS": fmt.Sprint(narrowRate), "RATE_WINDOW": narrowWindow.String(),
	})
	category := unique("c")
	k := &knocker{
		t: t, w: w, l: l, narrow: addr, person: w.register(t), changed: w.product(t, nil),
		product: w.product(t, fields{"category": category}), list: productsPath + "?category=" + category,
	}
	eventually(t, time.Minute, "the narrow gateway answers", func() bool {
		req := w.anyone().request(t, http.MethodGet, "/", nil)
		req.URL.Host = addr
		_, err := w.fetch(t, req)
		return err == nil
	})
	return k
}

// knock requires that everything is answered as it should be while o lasts, once
// it has become known.
func (k *knocker) knock(o outage) {
	k.t.Helper()

	for kind, request := range kindsOfRequests {
		status, labelled := http.StatusOK, slices.Contains(o.labelled, kind)
		if slices.Contains(o.away, kind) {
			status = http.StatusServiceUnavailable
		}
		a := k.until(func() answer { return request(k) }, func(a answer) bool {
			return a.StatusCode == status && strings.Contains(a.Header.Get("Cache-Status"), "stale-if-error") == labelled
		}, "without %s: %s: %d, labelled: %v", o.name, kind, status, labelled)
		k.judge(kind, a)
	}
	for _, token := range []string{"", "nonsense"} { // whatever is away, nobody is let in
		a := k.l.ask(http.MethodGet, k.w.system.URL+mePath, token, nil)
		require.Equal(k.t, http.StatusUnauthorized, a.StatusCode, "without %s: %s", o.name, a)
		require.NotEmpty(k.t, a.Header.Get("WWW-Authenticate"), a)
	}
	k.limited(o)
}

// until asks until an answer is as it should be, and returns that.
func (k *knocker) until(ask func() answer, good func(answer) bool, why string, args ...any) answer {
	k.t.Helper()
	for end := time.Now().Add(time.Minute); ; {
		a := ask()
		if good(a) {
			return a
		}
		require.False(k.t, k.t.Failed())
		require.True(k.t, time.Now().Before(end), "%s is still answered %s %v", fmt.Sprintf(why, args...), a, a.Header)
		<-time.After(20 * time.Millisecond)
	}
}

// judge looks at what else there is to an answer.
func (k *knocker) judge(kind string, a answer) {
	k.t.Helper()

	h := a.Header
	require.Regexp(k.t, processTime, h.Get("X-Process-Time"), a)
	require.Regexp(k.t, requestID, h.Get("X-Request-Id"), a)
	if kind != "health" {
		require.Contains(k.t, h.Get("RateLimit"), `"address";r=`, "%s %v", a, h)
		require.Contains(k.t, h.Get("RateLimit-Policy"), `"address";q=`, a)
	}
	if a.Request.Header.Get("Authorization") != "" && a.StatusCode == http.StatusOK {
		require.Contains(k.t, h.Get("RateLimit"), `"account";r=`, "%s %v", a, h)
	}
	if a.StatusCode != http.StatusOK {
		after, err := strconv.Atoi(h.Get("Retry-After"))
		require.NoError(k.t, err, a)
		require.Positive(k.t, after, a)
		require.Equal(k.t, "no-store", h.Get("Cache-Control"), a)
		if kind != "health" {
			a.t = k.t
			require.Equal(k.t, "dependency_unavailable", a.problem().Code, a)
		}
		return
	}
	switch status := h.Get("Cache-Status"); {
	case strings.Contains(status, "stale-if-error"):
		require.Regexp(k.t, `^catalog-l[12]; hit; ttl=-\d+; detail="stale-if-error"$`, status, a)
		require.Regexp(k.t, `^\d+\.\d+$`, h.Get("Catalog-As-Of"), a)
		fallthrough
	case slices.Contains(ofProducts, kind) && a.Request.Method == http.MethodGet:
		require.NotEmpty(k.t, status, a)
		require.Equal(k.t, "no-cache", h.Get("Cache-Control"), a)
	}
}

// limited has somebody new send more than a narrow gateway lets an address send.
func (k *knocker) limited(o outage) {
	k.t.Helper()

	const many = 3 * narrowRate * int(narrowWindow/time.Second)
	k.visitors++
	from := fmt.Sprintf("203.0.113.%d", k.visitors)
	let, begun := 0, time.Now()
	for range many {
		req := k.w.anyone().request(k.t, http.MethodGet, "/", nil)
		req.URL.Host = k.narrow
		req.Header.Set("X-Forwarded-For", from)
		a, err := k.w.fetch(k.t, req)
		require.NoError(k.t, err)
		if a.StatusCode == http.StatusOK {
			let++
			continue
		}
		require.Equal(k.t, http.StatusTooManyRequests, a.StatusCode, "without %s: %s", o.name, a)
		require.Equal(k.t, "rate_limited", a.problem().Code, a)
		require.NotEmpty(k.t, a.Header.Get("Retry-After"), a)
		require.Contains(k.t, a.Header.Get("RateLimit"), `"address";r=0;`, a)
	}
	atOnce := narrowRate * narrowWindow.Seconds()
	require.GreaterOrEqual(k.t, float64(let), atOnce, "without %s", o.name)
	require.LessOrEqual(k.t, float64(let), atOnce+narrowRate*time.Since(begun).Seconds()+1, "without %s", o.name)
}

// renew gets tokens that will be good while something is away.
func (k *knocker) renew() {
	k.t.Helper()
	k.l.renew()
	own := k.w.signIn(k.t, k.person.Username, password)
	k.token, k.spare = own.AccessToken, own.RefreshToken
}

func (k *knocker) get(path, token string) answer {
	return k.l.ask(http.MethodGet, k.w.system.URL+path, token, nil)
}

// kindsOfRequests are all that differ in what they need.
var kindsOfRequests = map[string]func(k *knocker) answer{
	"health":           func(k *knocker) answer { return k.get("/health", "") },
	"pages":            func(k *knocker) answer { return k.get("/docs", "") },
	"document":         func(k *knocker) answer { return k.get("/api/v1/openapi.json", "") },
	"keys":             func(k *knocker) answer { return k.get("/.well-known/jwks.json", "") },
	"product":          func(k *knocker) answer { return k.get(k.product.path(), "") },
	"list of products": func(k *knocker) answer { return k.get(k.list, "") },
	"list never read":  func(k *knocker) answer { return k.get(k.list+"&name="+unique("n"), "") },
	"account":          func(k *knocker) answer { return k.get(usersPath+"/me", k.token) },
	"account at auth":  func(k *knocker) answer { return k.get("/api/v1/auth/me", k.token) },
	"own sessions":     func(k *knocker) answer { return k.get("/api/v1/auth/sessions", k.token) },
	"list of accounts": func(k *knocker) answer { return k.get(usersPath, *k.l.token.Load()) },
	"change of account": func(k *knocker) answer {
		return k.l.ask(http.MethodPatch, k.w.system.URL+k.person.path(), k.token, fields{"email": unique("u") + "@example.com"})
	},
	"change of product": func(k *knocker) answer { // of another one: one that has changed is not shown as it was
		return k.l.ask(http.MethodPut, k.w.system.URL+k.changed.path(), *k.l.token.Load(), fields{"stock": time.Now().Nanosecond()})
	},
	"sign-in": func(k *knocker) answer {
		return k.l.ask(http.MethodPost, k.w.system.URL+"/api/v1/auth/login/json", "", fields{"username": k.person.Username, "password": password})
	},
	"refresh": func(k *knocker) answer {
		return k.l.ask(http.MethodPost, k.w.system.URL+"/api/v1/auth/refresh", "", fields{"refresh_token": k.spare})
	},
}
