package gatewayd_test

import (
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/gateway/gatewayd"
)

func TestRequestsReachTheirService(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	for _, tt := range []struct{ method, target, service string }{
		{"POST", "/api/v1/auth/register", "auth"},
		{"POST", "/api/v1/auth/login", "auth"},
		{"POST", "/api/v1/auth/login/json", "auth"},
		{"POST", "/api/v1/auth/refresh", "auth"},
		{"GET", "/api/v1/auth/me", "auth"},
		{"GET", "/api/v1/users?page=2&search=a%20b", "users"},
		{"GET", "/api/v1/users/x", "users"},
		{"PUT", "/api/v1/users/x", "users"},
		{"DELETE", "/api/v1/users/x", "users"},
		{"PUT", "/api/v1/users/x/role?role=admin", "users"},
		{"GET", "/api/v1/products?name=%25&x=caf%C3%A9+&&b", "catalog"},
		{"GET", "/api/v1/products/search?q=..%2F", "catalog"},
		{"GET", "/api/v1/products/%F0%9F%98%80%20;a=b", "catalog"},
		{"POST", "/api/v1/products", "catalog"},
		{"PUT", "/api/v1/products/x", "catalog"},
		{"DELETE", "/api/v1/products/x", "catalog"},
	} {
		before := len(s.seen())
		res, body := s.call(t, tt.method, tt.target, "{}", s.json(t))
		require.Equal(t, http.StatusOK, res.StatusCode, tt.target)
		require.JSONEq(t, `{"ok":true}`, body)
		got := s.seen()
		require.Len(t, got, before+1)
		require.Equal(t, tt.service, got[before].service, tt.target)
		require.Equal(t, tt.method, got[before].method)
		require.Equal(t, tt.target, got[before].target, "as it came, byte for byte")
		want := "{}"
		if tt.method == http.MethodGet {
			want = "" // a body has no meaning there
		}
		require.Equal(t, want, got[before].body)
	}
}

// A service sees a new request: of the client's headers only those that mean
// something to it, none of which the client can repeat, move or take away.
func TestServicesSeeOnlyNamedHeaders(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	header := s.bearer(t)
	for name, value := range map[string]string{
		"Content-Type": "application/json", "Accept": "application/json", "If-Match": `"1"`, "If-None-Match": `"2"`,
		"Idempotency-Key": "k", "Catalog-Min-Seq": "1.2", "User-Agent": "test/1", "X-Request-Id": "mine-1",
		"Traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "Accept-Language": "de",

		"X-User-Id": "root", "X-Role": "admin", "X-Forwarded-For": "1.2.3.4", "Forwarded": "for=1.2.3.4", "Cookie": "a=b",
		"Connection": "X-Request-Id, Authorization, keep-alive", "Trailer": "X-Request-Id", "Te": "trailers", "Keep-Alive": "timeout=1",
		"Proxy-Authorization": "Basic eDp5", "X-Http-Method-Override": "DELETE", "X-Original-Url": "/internal/v1/head",
		"X-Request-Timeout": "1ms",
	} {
		header.Set(name, value)
	}
	auth := header.Get("Authorization")
	res, _ := s.call(t, http.MethodPost, "/api/v1/products", "{}", header)

	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Equal(t, "mine-1", res.Header.Get("X-Request-Id"))
	got := s.seen()[0]
	require.Regexp(t, `^\d{4}ms$`, got.header.Get("X-Request-Timeout"))
	got.header.Del("X-Request-Timeout")
	require.Equal(t, http.Header{
		"Content-Type": {"application/json"}, "Accept": {"application/json"}, "If-Match": {`"1"`}, "If-None-Match": {`"2"`},
		"Idempotency-Key": {"k"}, "Catalog-Min-Seq": {"1.2"}, "User-Agent": {"test/1"}, "X-Request-Id": {"mine-1"},
		"Traceparent": {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}, "Accept-Language": {"de"},
		"Authorization": {auth}, "Content-Length": {"2"}, "X-Forwarded-For": {"127.0.0.1"},
	}, got.header)
	require.Equal(t, "catalog", got.host)
}

// What a client says about its address counts only if it is a proxy that the
// gateway knows. A service hears of one address, whoever says what.
func TestServicesHearOfOneClientAddress(t *testing.T) {
	t.Parallel()

	direct, behind := newSystem(t), newSystemWith(t, func(c *gatewayd.Config) { c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	for name, tt := range map[string]struct {
		s    *system
		sent []string
		want string
	}{
		"Nothing":        {direct, nil, "127.0.0.1"},
		"Forged":         {direct, []string{"198.51.100.1"}, "127.0.0.1"},
		"ForgedTwice":    {direct, []string{"198.51.100.1", "127.0.0.2"}, "127.0.0.1"},
		"Proxy":          {behind, []string{"198.51.100.1, 203.0.113.7"}, "203.0.113.7"},
		"ProxyAppends":   {behind, []string{"198.51.100.1", "203.0.113.7"}, "203.0.113.7"},
		"ProxyAndForged": {behind, []string{"198.51.100.1, 127.0.0.9, 203.0.113.7, 127.0.0.2"}, "203.0.113.7"},
		"ProxyGarbage":   {behind, []string{"198.51.100.1, x\ty"}, "127.0.0.1"},
	} {
		header := http.Header{}
		for _, value := range tt.sent {
			header.Add("X-Forwarded-For", value)
		}
		before := len(tt.s.seen())
		res, _ := tt.s.call(t, http.MethodGet, "/api/v1/products", "", header)
		require.Equal(t, http.StatusOK, res.StatusCode, name)
		require.Equal(t, []string{tt.want}, tt.s.seen()[before].header["X-Forwarded-For"], name)
	}
}

func TestRepeatedHeadersAreRefused(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	res, body := s.call(t, http.MethodGet, "/api/v1/products", "", http.Header{"Catalog-Min-Seq": {"1.1", "1.2"}})
	require.Equal(t, "malformed_request", problem(t, res, body).Code)
	require.Empty(t, s.seen())
}

func TestClientsSeeNoHopByHopHeaders(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	s.answers(func(w http.ResponseWriter, _ *http.Request) {
		for name, value := range map[string]string{
			"Content-Type": "application/json", "ETag": `"7"`, "Location": "/api/v1/products/x", "Catalog-Seq": "1.7", "Cache-Control": "max-age=1",
			"Connection": "X-Inner, close", "X-Inner": "secret", "Keep-Alive": "timeout=1", "Server": "inner/1", "X-Request-Id": "forged",
			"X-Process-Time": "0", "Proxy-Authenticate": "Basic", "Upgrade": "h2c", "Trailer": "X-T",
		} {
			w.Header().Set(name, value)
		}
		w.Header().Add("Vary", "Accept")
		w.Header().Add("Vary", "Authorization")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, "{}")
	})
	res, body := s.call(t, http.MethodGet, "/api/v1/products", "", nil)

	require.Equal(t, http.StatusCreated, res.StatusCode)
	require.Equal(t, "{}", body)
	require.False(t, res.Close, "the connection of the client is none of the service's business")
	for _, name := range []string{"X-Inner", "Keep-Alive", "Server", "Proxy-Authenticate", "Upgrade", "Trailer"} {
		require.Empty(t, res.Header.Values(name), name)
	}
	require.NotEqual(t, "forged", res.Header.Get("X-Request-Id"))
	require.Len(t, res.Header.Values("Date"), 1)
	require.Equal(t, `"7"`, res.Header.Get("ETag"))
	require.Equal(t, "1.7", res.Header.Get("Catalog-Seq"))
	require.Equal(t, "max-age=1", res.Header.Get("Cache-Control"))
	require.Equal(t, []string{"Accept", "Authorization"}, res.Header.Values("Vary"))
}

func TestEveryAnswerCarriesTheUsualHeaders(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	for _, target := range []string{"/", "/health", "/docs", "/redoc", "/api/v1/openapi.json", "/api/v1/products", "/nope", "/a//b", "/api/v1/users"} {
		res, _ := s.call(t, http.MethodGet, target, "", nil)
		require.Regexp(t, `^\d+\.\d{2}ms$`, res.Header.Get("X-Process-Time"), target)
		require.Regexp(t, `^[0-9a-f-]{36}$`, res.Header.Get("X-Request-Id"), target)
		require.Equal(t, "nosniff", res.Header.Get("X-Content-Type-Options"), target)
		require.Contains(t, res.Header.Get("Content-Security-Policy"), "default-src 'none'", target)
		require.Equal(t, "no-referrer", res.Header.Get("Referrer-Policy"), target)
		require.Empty(t, res.Header.Get("Server"), target)
	}
}

func TestRequestIDIsTakenOnlyIfWellFormed(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	for sent, taken := range map[string]bool{"abc-1.2_3": true, strings.Repeat("a", 128): true, strings.Repeat("a", 129): false, "a b": false, `a"}`: false, "": false} {
		res, _ := s.call(t, http.MethodGet, "/", "", http.Header{"X-Request-Id": {sent}})
		require.Equal(t, taken, res.Header.Get("X-Request-Id") == sent, sent)
	}
}

func TestHead(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	for _, target := range []string{"/api/v1/products", "/health", "/docs"} {
		get, want := s.call(t, http.MethodGet, target, "", http.Header{"Accept-Encoding": {"identity"}})
		head, body := s.call(t, http.MethodHead, target, "", http.Header{"Accept-Encoding": {"identity"}})
		require.Equal(t, get.StatusCode, head.StatusCode)
		require.Equal(t, int64(len(want)), head.ContentLength, target)
		require.Empty(t, body)
	}
}

func TestAnswersWithoutBodies(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	for _, status := range []int{http.StatusNoContent, http.StatusNotModified} {
		s.answers(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("ETag", `"1"`)
			w.WriteHeader(status)
		})
		res, body := s.call(t, http.MethodGet, "/api/v1/products/x", "", nil)
		require.Equal(t, status, res.StatusCode)
		require.Empty(t, body)
		require.Empty(t, res.Header.Get("Content-Type"))
		require.Equal(t, `"1"`, res.Header.Get("ETag"))
	}
}

func TestAnswersSayWhetherTheyMayBeKept(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	for target, want := range map[string]string{"/api/v1/products": "no-cache", "/api/v1/auth/me": "no-store", "/api/v1/users": "no-store"} {
		res, _ := s.call(t, http.MethodGet, target, "", s.bearer(t))
		require.Equal(t, want, res.Header.Get("Cache-Control"), target)
	}
}
