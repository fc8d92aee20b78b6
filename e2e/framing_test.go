package e2e_test

import (
	"bufio"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/wire/wiretest"
)

var framingChecks = map[string]check{
	"AmbiguousFramingIsRefused": ambiguousFramingIsRefused,
	"IdentityHeadersAreNothing": identityHeadersAreNothing,
	"LongRequestsAreRefused":    longRequestsAreRefused,
}

// ambiguousFramingIsRefused knocks at every door of the system.
func ambiguousFramingIsRefused(t *testing.T, w *world) {
	knock := func(name, at, get, post string) {
		u, err := url.Parse(at)
		require.NoError(t, err)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wiretest.Run(t, wiretest.Door{Addr: u.Host, Get: get, Post: post})
		})
	}
	knock("Gateway", w.system.URL, productsPath, "/api/v1/auth/login/json")
	for name, at := range w.system.Public {
		knock(name, at, "/openapi.json", "/openapi.json")
	}
	for name, at := range w.system.Internal {
		knock("inside-"+name, at, "/livez", "/livez")
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
