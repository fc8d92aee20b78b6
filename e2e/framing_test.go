package e2e_test

import (
	"bufio"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var framingChecks = map[string]check{
	"AmbiguousFramingIsRefused": ambiguousFramingIsRefused,
	"IdentityHeadersAreNothing": identityHeadersAreNothing,
	"LongRequestsAreRefused":    longRequestsAreRefused,
}

// ambiguousFramingIsRefused sends what two servers in a row could read in two
// ways, and looks for a second answer.
func ambiguousFramingIsRefused(t *testing.T, w *world) {
	const hidden = "GET /api/v1/users HTTP/1.1\r\nHost: a\r\n\r\n"
	for name, request := range map[string]string{
		"LengthAndChunked": "POST /api/v1/products HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
		"TwoLengths":       "POST /api/v1/products HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\n" + hidden,
		"OddEncoding":      "POST /api/v1/products HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc",
		"FoldedHeader":     "GET /api/v1/products HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n",
		"BlankInName":      "GET /api/v1/products HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\n",
		"UnderscoreInName": "GET /api/v1/products HTTP/1.1\r\nHost: a\r\nX_Request_Id: b\r\n\r\n",
		"OtherVersion":     "GET /api/v1/products HTTP/1.2\r\nHost: a\r\n\r\n",
		"TwoHosts":         "GET /api/v1/products HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"Trace":            "TRACE /api/v1/products HTTP/1.1\r\nHost: a\r\n\r\n",
		"Connect":          "CONNECT localhost:22 HTTP/1.1\r\nHost: a\r\n\r\n",
		"OptionsOfAll":     "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
		"DotSegments":      "GET /api/v1/products/../users HTTP/1.1\r\nHost: a\r\n\r\n",
		"CodedSlash":       "GET /api/v1/products%2fsearch HTTP/1.1\r\nHost: a\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res, body := w.raw(t, request)
			require.Equal(t, http.StatusBadRequest, res.StatusCode, body)
			require.Equal(t, "application/problem+json", strings.Split(res.Header.Get("Content-Type"), ";")[0])
			require.True(t, res.Close, "the connection is not used again")
			var p problem
			require.NoError(t, json.Unmarshal([]byte(body), &p), body)
			require.Equal(t, "malformed_request", p.Code)
			require.NotContains(t, body, "Host: a", "nothing of the request is shown")
		})
	}
}

// raw sends bytes and returns the one answer that may come.
func (w *world) raw(t *testing.T, request string) (*http.Response, string) {
	t.Helper()
	at, err := url.Parse(w.system.URL)
	require.NoError(t, err)
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", at.Host)
	require.NoError(t, err)
	defer conn.Close() //nolint:errcheck // the test has what it wants
	require.NoError(t, conn.SetDeadline(time.Now().Add(30*time.Second)))
	_, err = conn.Write([]byte(request))
	require.NoError(t, err)
	from := bufio.NewReader(conn)
	res, err := http.ReadResponse(from, nil)
	require.NoError(t, err)
	defer res.Body.Close() //nolint:errcheck // read to its end
	body := new(strings.Builder)
	_, err = bufio.NewReader(res.Body).WriteTo(body)
	require.NoError(t, err)
	_, err = from.ReadByte()
	require.Error(t, err, "a second answer")
	return res, body.String()
}

// identityHeadersAreNothing pretends to be somebody behind the gateway.
func identityHeadersAreNothing(t *testing.T, w *world) {
	_, user := w.user(t)
	me := w.admin(t).get(t, mePath).account()
	for _, as := range []client{user, w.anyone()} {
		req := as.request(t, http.MethodGet, usersPath, nil)
		for name, value := range map[string]string{
			"X-User-Id": me.ID, "X-User-Role": "admin", "X-Role": "admin", "X-Forwarded-User": me.ID, "X-Account": me.ID,
			"X-Original-Url": "/api/v1/products", "X-Http-Method-Override": "GET", "Trailer": "Authorization", "Connection": "Authorization",
		} {
			req.Header.Set(name, value)
		}
		res := as.do(t, req)
		require.Contains(t, []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusBadRequest}, res.StatusCode, res)
	}
}

func longRequestsAreRefused(t *testing.T, w *world) {
	res, _ := w.raw(t, "GET /api/v1/products?name="+strings.Repeat("x", 1<<16)+" HTTP/1.1\r\nHost: a\r\n\r\n")
	require.Contains(t, []int{http.StatusRequestURITooLong, http.StatusRequestHeaderFieldsTooLarge}, res.StatusCode)
	res, _ = w.raw(t, "GET /api/v1/products HTTP/1.1\r\nHost: a\r\nX-Long: "+strings.Repeat("x", 1<<16)+"\r\n\r\n")
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, res.StatusCode)
}
