package limits

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
	"stockroom/gateway/gatewayd"
)

// request is one of which copies are sent.
type request struct {
	name, method, path, media string
	body                      []byte
	token                     bool
	want                      []int // and that the system has too much to do
}

// shop is a system with products in it, and who administers it.
type shop struct {
	system  *stack.System
	token   string
	product string
	made    int
}

// What the shop has, so that a page of a hundred products can be long.
const (
	products = 300
	long     = 16 << 10
)

func open(t *testing.T, s *stack.System) *shop {
	t.Helper()

	sh := &shop{system: s}
	form := url.Values{"username": {s.Admin.Username}, "password": {s.Admin.Password}}.Encode()
	sh.token = sh.ask(t, request{method: http.MethodPost, path: "/api/v1/auth/login", media: "application/x-www-form-urlencoded", body: []byte(form)}, "access_token")
	for range products / 2 {
		sh.create(t, "Short", "A short one.")
		sh.product = sh.create(t, "Long", strings.Repeat("Long. ", long/6))
	}
	return sh
}

func (sh *shop) create(t *testing.T, category, description string) string {
	t.Helper()

	sh.made++
	return sh.ask(t, request{method: http.MethodPost, path: "/api/v1/products", media: "application/json", token: true, body: encode(t, map[string]any{
		"name": fmt.Sprintf("%s %d", category, sh.made), "sku": fmt.Sprintf("%s-%d-%d", category, time.Now().UnixNano(), sh.made), "category": category,
		"price": 1 + sh.made%500, "stock": sh.made, "description": description,
	})}, "id")
}

// patience is for a busy system to do what it is asked for.
const patience = time.Minute

// ask sends r until it is answered, and returns a field of the answer.
func (sh *shop) ask(t *testing.T, r request, field string) (text string) {
	t.Helper()

	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	got := sh.answer(t, r)
	for end := time.Now().Add(patience); got["status"] == float64(http.StatusServiceUnavailable); <-tick.C { // a problem's
		require.True(t, time.Now().Before(end), "%v", got)
		got = sh.answer(t, r)
	}
	text, ok := got[field].(string)
	require.True(t, ok, "%v", got)
	return text
}

func (sh *shop) answer(t *testing.T, r request) (got map[string]any) {
	t.Helper()

	req, err := http.NewRequestWithContext(t.Context(), r.method, sh.system.URL+r.path, bytes.NewReader(r.body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", r.media)
	if r.token {
		req.Header.Set("Authorization", "Bearer "+sh.token)
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close() //nolint:errcheck // it was only read
	require.NoError(t, json.NewDecoder(res.Body).Decode(&got))
	return got
}

func encode(t *testing.T, v any) []byte {
	t.Helper()

	b, err := json.Marshal(v)
	require.NoError(t, err)
	return b
}

// requests returns one for each route, and some that are large.
func (sh *shop) requests(t *testing.T) []request {
	t.Helper()

	var all []request
	for _, r := range append(gatewayd.Routes(), gatewayd.OwnRoutes()...) {
		if strings.HasSuffix(r.Pattern, "/logout") || strings.HasSuffix(r.Pattern, "/logout-all") {
			continue // that would end the session that all others belong to
		}
		one := request{name: r.Method + " " + r.Pattern, method: r.Method, path: r.Pattern, media: "application/json", token: r.Token}
		id := "0190f3a1-7a00-7000-8000-000000000001"
		if strings.HasPrefix(r.Pattern, "/api/v1/products") {
			id = sh.product
		}
		one.path = strings.ReplaceAll(r.Pattern, "{}", id)
		if r.Method != http.MethodGet && r.Method != http.MethodDelete {
			one.body = sh.body(t, r.Pattern)
		}
		all = append(all, one)
	}
	search := url.Values{"q": {"no such word anywhere"}}.Encode()
	all = append(all,
		request{name: "a long page", method: http.MethodGet, path: "/api/v1/products?category=Long&page_size=100"},
		request{name: "a short page", method: http.MethodGet, path: "/api/v1/products?category=Short&page_size=100"},
		request{name: "a deep page", method: http.MethodGet, path: "/api/v1/products?page_size=100&page=3&sort_by=price"},
		request{name: "a search", method: http.MethodGet, path: "/api/v1/products/search?" + search},
		request{name: "a long search", method: http.MethodGet, path: "/api/v1/products/search?q=long&page_size=100"},
		request{
			name: "a large product", method: http.MethodPost, path: "/api/v1/products", media: "application/json", token: true,
			body: encode(t, map[string]any{"name": "x", "sku": "LARGE-1", "category": "Large", "price": 1, "stock": 1, "description": strings.Repeat("x", 64<<10)}),
		},
		request{
			name: "the largest body", method: http.MethodPost, path: "/api/v1/products", media: "application/json", token: true,
			body: encode(t, map[string]any{"name": strings.Repeat("x", 1<<20-100), "sku": "LARGE-2"}),
		},
		request{
			name: "the largest form", method: http.MethodPost, path: "/api/v1/auth/login", media: "application/x-www-form-urlencoded",
			body: []byte("username=" + strings.Repeat("x", 1<<20-100) + "&password=y"),
		},
		request{name: "no token", method: http.MethodPost, path: "/api/v1/products", media: "application/json", body: encode(t, strings.Repeat("x", 64<<10))},
		request{name: "no route", method: http.MethodGet, path: "/nowhere"},
		request{name: "a broken body", method: http.MethodPost, path: "/api/v1/products", media: "application/json", token: true, body: []byte(strings.Repeat("[", 64<<10))},
	)
	for i := range all {
		all[i].want = []int{200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429}
	}
	return all
}

// body returns what is sent to a route: right for those where that does
// something again and again, and something that is refused for others.
func (sh *shop) body(t *testing.T, pattern string) []byte {
	t.Helper()

	switch {
	case strings.HasSuffix(pattern, "/register"):
		return encode(t, map[string]any{"email": "eve@shop.example", "username": "eve", "password": "Correct-Horse-7"})
	case strings.HasSuffix(pattern, "/login/json"):
		return encode(t, map[string]any{"username": sh.system.Admin.Username, "password": "Wrong-Horse-7"})
	case strings.HasSuffix(pattern, "/products"):
		return encode(t, map[string]any{"name": "Copy", "sku": "COPY-1", "category": "Copies", "price": 1, "stock": 1})
	case strings.HasSuffix(pattern, "/products/{}"):
		return encode(t, map[string]any{"price": 2})
	}
	return []byte(`{}`)
}

// try sends a request once, and reads its answer.
func (sh *shop) try(t *testing.T, client *http.Client, r request) (status int, size int64, err error) {
	req, err := http.NewRequestWithContext(t.Context(), r.method, sh.system.URL+r.path, bytes.NewReader(r.body))
	if err != nil {
		return 0, 0, err
	}
	req.Header.Set("Content-Type", r.media)
	if r.token {
		req.Header.Set("Authorization", "Bearer "+sh.token)
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, 0, err
	}
	defer res.Body.Close() //nolint:errcheck // it was only read
	size, err = io.Copy(io.Discard, res.Body)
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %w", r.name, err)
	}
	return res.StatusCode, size, nil
}
