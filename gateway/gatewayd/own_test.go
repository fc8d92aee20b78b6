package gatewayd_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/gateway/gatewayd"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/token/tokentest"
	"stockroom/pkg/web"
)

func TestRoot(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	_, body := s.call(t, http.MethodGet, "/", "", nil)
	require.JSONEq(t, `{"name":"Stockroom","version":"`+gatewayd.Version+`","docs":"/docs","redoc":"/redoc"}`, body)
	_, body = s.call(t, http.MethodGet, "/health", "", nil)
	require.JSONEq(t, `{"status":"healthy","app":"Stockroom","version":"`+gatewayd.Version+`"}`, body)
}

func TestDocument(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	res, body := s.call(t, http.MethodGet, "/api/v1/openapi.json", "", nil)
	require.Equal(t, "application/json", res.Header.Get("Content-Type"))
	var doc struct {
		Info  struct{ Title, Version string }
		Paths map[string]any
	}
	require.NoError(t, json.Unmarshal([]byte(body), &doc))
	require.Equal(t, "Stockroom", doc.Info.Title)
	require.Equal(t, gatewayd.Version, doc.Info.Version)
	for _, path := range []string{"/", "/health", "/auth", "/users", "/catalog"} {
		require.Contains(t, doc.Paths, path)
	}
}

// The pages load only what is here: whatever they name is served, and nothing
// of them would be let in from elsewhere.
func TestPages(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	loads := regexp.MustCompile(`(?:src|href)="([^"]*)"`)
	for _, page := range []string{"/docs", "/redoc"} {
		res, body := s.call(t, http.MethodGet, page, "", nil)
		require.Equal(t, "text/html; charset=utf-8", res.Header.Get("Content-Type"))
		require.Contains(t, res.Header.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'; ")
		require.NotContains(t, body, "<script>", "scripts stand in files")
		links := loads.FindAllStringSubmatch(body, -1)
		require.NotEmpty(t, links)
		for _, link := range links {
			res, _ := s.call(t, http.MethodGet, link[1], "", http.Header{"Accept-Encoding": {"gzip"}})
			require.Equal(t, http.StatusOK, res.StatusCode, link[1])
			require.Equal(t, "gzip", res.Header.Get("Content-Encoding"), link[1])
			res, plain := s.call(t, http.MethodGet, link[1], "", http.Header{"Accept-Encoding": {"identity"}})
			require.Empty(t, res.Header.Get("Content-Encoding"))
			require.NotEmpty(t, plain)
			res, _ = s.call(t, http.MethodGet, link[1], "", http.Header{"If-None-Match": {res.Header.Get("ETag")}})
			require.Equal(t, http.StatusNotModified, res.StatusCode)
		}
	}
}

// A gateway whose services are all away says so, in time.
func TestWithoutServices(t *testing.T) {
	t.Parallel()

	away := []string{"http://127.0.0.1:1"}
	ctx, stop := context.WithCancel(context.Background())
	doors, err := web.Listen(ctx, "127.0.0.1:0", "127.0.0.1:0")
	require.NoError(t, err)
	gateway, err := gatewayd.New(ctx, gatewayd.Config{
		AuthURLs: away, UsersURLs: away, CatalogURLs: away, AuthURL: away[0], AuthInternalURL: away[0], UsersInternalURL: away[0],
		InternalToken: internalToken, TokenIssuer: "x", TokenAudience: "x", Env: "production", Grace: soon,
	}, doors, telemetry.Discard())
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() { done <- gateway.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	s := &system{url: "http://" + doors.Public.Addr().String()}
	for target, status := range map[string]int{
		"/": http.StatusOK, "/docs": http.StatusOK, "/health": http.StatusServiceUnavailable,
		"/api/v1/openapi.json": http.StatusServiceUnavailable, "/api/v1/products": http.StatusServiceUnavailable,
	} {
		res, body := s.call(t, http.MethodGet, target, "", nil)
		require.Equal(t, status, res.StatusCode, target)
		if status != http.StatusOK {
			require.NotEmpty(t, res.Header.Get("Retry-After"), target)
			require.NotContains(t, body, "127.0.0.1", "where the services are is nobody's business")
		}
	}
	for path, status := range map[string]int{"/livez": http.StatusOK, "/readyz": http.StatusServiceUnavailable} {
		inside := &system{url: "http://" + doors.Internal.Addr().String()}
		require.Equal(t, status, inside.try(http.MethodGet, path, ""), path)
	}
}

// Who comes before the gateway knows which tokens are revoked waits.
func TestNobodyIsTurnedAwayByAGatewayThatStarts(t *testing.T) {
	t.Parallel()

	s := &system{issuer: tokentest.New(t), holding: make(chan struct{})}
	s.start(t)
	status := make(chan int, 1)
	go func() {
		status <- s.try(http.MethodPut, "/api/v1/users/x", "Bearer "+s.issuer.Token(t, account, "admin"))
	}()
	inside := &system{url: s.inside}
	for range 100 {
		require.NotEqual(t, http.StatusOK, inside.try(http.MethodGet, "/readyz", ""))
	}
	close(s.holding)
	require.Equal(t, http.StatusOK, <-status)
}

// A gateway that was ready stays so until it stops, or all gateways would leave
// together with a service.
func TestGatewayStaysWhenServicesLeave(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	inside := &system{url: s.inside}
	ready := func() int { return inside.try(http.MethodGet, "/readyz", "") }
	require.Eventually(t, func() bool { return ready() == http.StatusOK }, soon, time.Millisecond)
	s.away.Store(true)
	require.Eventually(t, func() bool { return s.try(http.MethodGet, "/health", "") == http.StatusServiceUnavailable }, soon, time.Millisecond)
	require.Equal(t, http.StatusOK, ready())
	s.stop()
	require.Eventually(t, func() bool { return ready() != http.StatusOK }, soon, time.Millisecond)
}

func TestUpstreamFailures(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		status int
		code   string
	}{
		"HangsUp": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, http.StatusBadGateway, "bad_gateway"},
		"CutBody": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10")
			_, _ = io.WriteString(w, "ab")
		}, http.StatusBadGateway, "bad_gateway"},
	} {
		s.answers(tt.answer)
		res, body := s.call(t, http.MethodPost, "/api/v1/auth/refresh", "{}", nil)
		require.Equal(t, tt.code, problem(t, res, body).Code, name)
		require.Equal(t, tt.status, res.StatusCode, name)
	}
}

func TestWeakInternalTokenIsRefused(t *testing.T) {
	t.Parallel()

	for _, value := range []string{"", "short", "change-me-change-me-change-me-change-me"} {
		_, err := gatewayd.New(t.Context(), gatewayd.Config{Env: "production", InternalToken: value}, web.Doors{}, telemetry.Discard())
		require.ErrorContains(t, err, "STOCKROOM_INTERNAL_TOKEN")
	}
}

// What is under way when the gateway is told to stop is finished.
func TestStopLosesNothing(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	arrived, release := make(chan struct{}), make(chan struct{})
	s.answers(func(http.ResponseWriter, *http.Request) {
		close(arrived)
		<-release
	})
	status := make(chan int, 1)
	go func() { status <- s.try(http.MethodPost, "/api/v1/auth/refresh", "") }()
	<-arrived
	s.stop()
	var d net.Dialer
	require.Eventually(t, func() bool {
		c, err := d.DialContext(t.Context(), "tcp", s.addr)
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	}, soon, time.Millisecond, "nobody new is let in")
	close(release)
	require.Equal(t, http.StatusOK, <-status)
}

// Connections that were opened and never used do not hold up the end.
func TestStopDoesNotWaitForUnusedConnections(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	var d net.Dialer
	c, err := d.DialContext(t.Context(), "tcp", s.addr)
	require.NoError(t, err)
	defer c.Close() //nolint:errcheck // nothing depends on a clean goodbye
	s.stop()
	require.NoError(t, c.SetReadDeadline(time.Now().Add(4*time.Second))) // less than the library would wait
	_, err = c.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
}
