package gatewayd_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/wire/wiretest"
)

const post = "POST /api/v1/auth/login/json HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer very-secret\r\nContent-Type: application/json\r\n"

// raw sends bytes, and returns the answer to the first request with all that
// came until the gateway hung up, or nothing more came.
func (s *system) raw(t *testing.T, bytes string) (res *http.Response, body, all string, closed bool) {
	t.Helper()

	var d net.Dialer
	c, err := d.DialContext(t.Context(), "tcp", s.addr)
	require.NoError(t, err)
	defer c.Close() //nolint:errcheck // nothing depends on a clean goodbye
	go func() { _, _ = io.WriteString(c, bytes) }()

	var got strings.Builder
	require.NoError(t, c.SetReadDeadline(time.Now().Add(soon)))
	r := bufio.NewReader(io.TeeReader(c, &got))
	res, err = http.ReadResponse(r, nil)
	require.NoError(t, err, bytes)
	defer res.Body.Close() //nolint:errcheck // it was only read
	read, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	if res.Close {
		_, err = io.Copy(io.Discard, r)
		require.NoError(t, err)
	}
	return res, string(read), got.String(), res.Close
}

// What two programs could read differently ends its connection, and nothing of
// it, nor anything behind it, reaches a service.
func TestWire(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	wiretest.Run(t, wiretest.Door{
		Addr: s.addr, Get: "/api/v1/products", Post: "/api/v1/auth/login/json",
		Arrived: func(id string) (bodies []string) {
			for _, r := range s.seen() {
				if r.header.Get("X-Request-Id") == id {
					bodies = append(bodies, r.body)
				}
			}
			return bodies
		},
	})
}

// Bodies that nobody would take need not be sent to learn that.
func TestSizes(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	const mib = 1 << 20
	big := func(n int) string { return strings.Repeat("a", n) }
	for name, tt := range map[string]struct {
		bytes  string
		status int
		code   string
	}{
		"BodyForNobody":    {"POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", 404, "not_found"},
		"BodyOfNoMethod":   {"PATCH /health HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", 405, "method_not_allowed"},
		"ExpectedByNobody": {"POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n", 404, "not_found"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			res, body, _, closed := s.raw(t, tt.bytes)
			require.Equal(t, tt.code, problem(t, res, body).Code)
			require.Equal(t, tt.status, res.StatusCode)
			require.True(t, closed)
		})
	}
	res, _, _, _ := s.raw(t, post+"Content-Length: 1048576\r\n\r\n"+big(mib))
	require.Equal(t, http.StatusOK, res.StatusCode, "a MiB is taken")
}

func TestCompressedBodiesAreRefused(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	res, body := s.call(t, http.MethodPost, "/api/v1/auth/login/json", "x", http.Header{"Content-Encoding": {"gzip"}})
	require.Equal(t, "unsupported_media_type", problem(t, res, body).Code)
	require.Equal(t, http.StatusUnsupportedMediaType, res.StatusCode)
	require.Empty(t, s.seen())
}

func TestMediaTypeComesBeforeTheToken(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	for media, status := range map[string]int{
		"text/plain": http.StatusUnsupportedMediaType, "": http.StatusUnsupportedMediaType, "application/json; charset=latin1": http.StatusUnsupportedMediaType,
		"application/json": http.StatusUnauthorized, "Application/JSON; charset=UTF-8": http.StatusUnauthorized,
	} {
		res, body := s.call(t, http.MethodPut, "/api/v1/products/x", "{}", http.Header{"Content-Type": {media}, "Authorization": {"Bearer nonsense"}})
		require.Equal(t, status, problem(t, res, body).Status, media)
	}
	for media, status := range map[string]int{
		"application/merge-patch+json": http.StatusUnauthorized, "application/json": http.StatusUnauthorized,
		"application/json-patch+json": http.StatusUnsupportedMediaType, "": http.StatusUnsupportedMediaType,
	} {
		res, body := s.call(t, http.MethodPatch, "/api/v1/users/x", "{}", http.Header{"Content-Type": {media}, "Authorization": {"Bearer nonsense"}})
		require.Equal(t, status, problem(t, res, body).Status, media)
	}
	res, body := s.call(t, http.MethodPut, "/api/v1/users/x", "{}", http.Header{"Content-Type": {"application/merge-patch+json"}})
	require.Equal(t, http.StatusUnsupportedMediaType, problem(t, res, body).Status, "only patches are called so")
	res, _ = s.call(t, http.MethodPut, "/api/v1/users/x/role?role=admin", "", http.Header{"Content-Type": {"text/plain"}, "Authorization": {"Bearer nonsense"}})
	require.Equal(t, http.StatusUnauthorized, res.StatusCode, "without a body its type does not matter")
	require.Empty(t, s.seen())
}

func TestRoutesThatAreNotThere(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	for _, tt := range []struct{ method, target, allow string }{
		{"GET", "/nope", ""},
		{"GET", "/internal/v1/head", ""},
		{"GET", "/openapi.json", ""},
		{"GET", "/livez", ""},
		{"GET", "/api/v1/products/", ""},
		{"GET", "/api/v1/users/x/role/y", ""},
		{"GET", "/docs/nope.js", ""},
		{"GET", "/API/v1/products", ""},
		{"PATCH", "/api/v1/products", "GET, HEAD, POST"},
		{"OPTIONS", "/api/v1/products", "GET, HEAD, POST"},
		{"BREW", "/api/v1/products", "GET, HEAD, POST"},
		{"POST", "/api/v1/products/x", "DELETE, GET, HEAD, PUT"},
		{"DELETE", "/api/v1/users", "GET, HEAD"},
		{"GET", "/api/v1/users/x/role", "PUT"},
		{"GET", "/api/v1/auth/login", "POST"},
		{"POST", "/health", "GET, HEAD"},
	} {
		res, body := s.call(t, tt.method, tt.target, "", s.bearer(t))
		p := problem(t, res, body)
		require.Equal(t, tt.target, p.Instance)
		require.Equal(t, tt.allow, res.Header.Get("Allow"), tt.target)
		if tt.allow == "" {
			require.Equal(t, "not_found", p.Code, tt.target)
			continue
		}
		require.Equal(t, "method_not_allowed", p.Code, tt.target)
		require.Equal(t, http.StatusMethodNotAllowed, res.StatusCode)
	}
	require.Empty(t, s.seen())
}
