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
)

const get = "GET /api/v1/products HTTP/1.1\r\nHost: a\r\n"

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

// Framings that two programs could read differently end their connection, and
// nothing of them, nor anything behind them, reaches a service.
func TestAmbiguousRequestsEndTheirConnection(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	const smuggled = "0\r\n\r\nDELETE /api/v1/products/x HTTP/1.1\r\nHost: a\r\n\r\n"
	for name, bytes := range map[string]string{
		"LengthAndEncoding": post + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n" + smuggled,
		"EncodingAndLength": post + "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n" + smuggled,
		"IdentityAndLength": post + "Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\n" + smuggled,
		"GzipChunked":       post + "Transfer-Encoding: gzip, chunked\r\n\r\n" + smuggled,
		"ChunkedTwice":      post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + smuggled,
		"ChunkedObfuscated": post + "Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n" + smuggled,
		"ChunkedSpaceName":  post + "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n" + smuggled,
		"LengthTwice":       post + "Content-Length: 5\r\nContent-Length: 60\r\n\r\n" + smuggled,
		"LengthUnderscore":  post + "Content-Length: 5\r\nContent_Length: 60\r\n\r\n" + smuggled,
		"LengthSpaceName":   post + "Content-Length: 5\r\nContent Length: 60\r\n\r\n" + smuggled,
		"LengthSigned":      post + "Content-Length: +5\r\n\r\n" + smuggled,
		"BrokenChunkSize":   post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n" + smuggled,
		"HugeChunkSize":     post + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n" + smuggled,
		"ChunkWithoutEnd":   post + "Transfer-Encoding: chunked\r\n\r\n2\r\nabXX" + smuggled,
		"FoldedHeader":      get + "X-A: 1\r\n Transfer-Encoding: chunked\r\n\r\n",
		"HostTwice":         get + "Host: b\r\n\r\n",
		"NoHost":            "GET /api/v1/products HTTP/1.1\r\n\r\n",
		"BareNewline":       get + "X-A: 1\nX-B: 2\r\n\r\n",
		"BareReturn":        get + "X-A: 1\rX-B: 2\r\n\r\n",
		"Underscore":        get + "X_User_Id: 1\r\n\r\n",
		"HTTP12":            "GET /api/v1/products HTTP/1.2\r\nHost: a\r\n\r\n",
		"HTTP2":             "GET /api/v1/products HTTP/2.0\r\nHost: a\r\n\r\n",
		"HTTP2Preface":      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"HTTP09":            "GET /api/v1/products\r\n\r\n",
		"TLS":               "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
		"Trace":             "TRACE /api/v1/products HTTP/1.1\r\nHost: a\r\n\r\n",
		"Connect":           "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
		"OptionsStar":       "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
		"WebSocket":         get + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
		"OtherHost":         "GET http://b/api/v1/products HTTP/1.1\r\nHost: a\r\n\r\n",
		"Parent":            "GET /docs/../api/v1/products HTTP/1.1\r\nHost: a\r\n\r\n",
		"EncodedParent":     "GET /docs/%2e%2e/api/v1/products HTTP/1.1\r\nHost: a\r\n\r\n",
		"EncodedSlash":      "GET /api%2fv1/products HTTP/1.1\r\nHost: a\r\n\r\n",
		"TwoSlashes":        "GET /api//v1/products HTTP/1.1\r\nHost: a\r\n\r\n",
		"SchemeRelative":    "GET //a/api/v1/products HTTP/1.1\r\nHost: a\r\n\r\n",
		"Nul":               "GET /api/v1/products/%00 HTTP/1.1\r\nHost: a\r\n\r\n",
		"BrokenEncoding":    "GET /api/v1/products?name=%zz HTTP/1.1\r\nHost: a\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			res, body, all, closed := s.raw(t, bytes)
			require.Equal(t, "malformed_request", problem(t, res, body).Code)
			require.Equal(t, http.StatusBadRequest, res.StatusCode)
			require.True(t, closed, "the connection ends")
			require.Equal(t, 1, strings.Count(all, "HTTP/1.1 "), "one answer, and no second one: %s", all)
			require.NotContains(t, all, "very-secret")
			require.NotContains(t, all, "products", "no byte of the request is repeated")
		})
	}
	t.Cleanup(func() { require.Empty(t, s.seen(), "no service has seen any of it") })
}

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
		"LongTarget":       {"GET /" + big(9<<10) + " HTTP/1.1\r\nHost: a\r\n\r\n", 414, "uri_too_long"},
		"EndlessTarget":    {"GET /" + big(mib), 414, "uri_too_long"},
		"LongHeaders":      {get + "X-A: " + big(17<<10) + "\r\n\r\n", 431, "headers_too_large"},
		"ManyHeaders":      {get + strings.Repeat("X-A: b\r\n", 3000) + "\r\n", 431, "headers_too_large"},
		"EndlessHeader":    {get + "X-A: " + big(mib), 431, "headers_too_large"},
		"AnnouncedBody":    {post + "Content-Length: 1048577\r\n\r\n" + big(mib+1), 413, "body_too_large"},
		"AbsurdBody":       {post + "Content-Length: 99999999999\r\n\r\n", 413, "body_too_large"},
		"ChunkedBody":      {post + "Transfer-Encoding: chunked\r\n\r\n80000\r\n" + big(mib/2) + "\r\n80001\r\n" + big(mib/2+1) + "\r\n0\r\n\r\n", 413, "body_too_large"},
		"BodyForNobody":    {"POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", 404, "not_found"},
		"BodyOfNoMethod":   {"PATCH /health HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", 405, "method_not_allowed"},
		"ExpectedByNobody": {"POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n", 404, "not_found"},
		"ExpectedBody":     {post + "Content-Length: 1048577\r\nExpect: 100-continue\r\n\r\n", 413, "body_too_large"},
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

func TestExpectedBodiesAreTaken(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	res, _, all, _ := s.raw(t, post+"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n{}")
	require.Equal(t, http.StatusContinue, res.StatusCode, all)
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
