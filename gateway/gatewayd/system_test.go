package gatewayd_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"stockroom/gateway/gatewayd"
	"stockroom/pkg/commitlog/httplog"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/token"
	"stockroom/pkg/token/tokentest"
	"stockroom/pkg/web"
)

const (
	soon          = 10 * time.Second
	internalToken = "a-token-for-the-inside-of-a-test-0123456789"
	account       = "0190f3a1-7a00-7000-8000-000000000001"
)

// seen is a request as a service saw it.
type seen struct {
	service, method, target, host, body string
	header                              http.Header
}

// system is a gateway in front of services whose answers a test decides on.
type system struct {
	addr   string // of the gateway
	url    string
	issuer *tokentest.Issuer
	inside string // its internal door
	stop   func() // tells the gateway to
	server *gatewayd.Server
	away   atomic.Bool // no service is ready

	configure func(*gatewayd.Config) // may change how the gateway starts

	instead http.HandlerFunc // answers for services, which remember nothing

	holding chan struct{} // until this is closed, nobody is told of revocations

	mu       sync.Mutex
	answer   http.HandlerFunc
	requests []seen
}

// document is what every service here says of itself.
const document = `{"openapi":"3.1.0","info":{"title":"x","version":"1"},"paths":{"/%s":{"get":{"operationId":"%s"}}}}`

func newSystem(t testing.TB) *system {
	t.Helper()

	s := new(system)
	s.begin(t)
	return s
}

// begin starts s and waits until it works.
func (s *system) begin(t testing.TB) {
	t.Helper()

	s.issuer = tokentest.New(t)
	s.start(t)
	s.untilReady(t)
}

// newSystemWith starts one whose gateway is configured otherwise.
func newSystemWith(t testing.TB, configure func(*gatewayd.Config)) *system {
	t.Helper()

	s := &system{configure: configure}
	s.begin(t)
	return s
}

func (s *system) start(t testing.TB) {
	t.Helper()

	s.answer = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"ok":true}`)
	}
	ready := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if s.away.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(ready.Close)
	auth, users, catalog := s.service(t, "auth"), s.service(t, "users"), s.service(t, "catalog")
	ctx, stop := context.WithCancel(context.Background())
	doors, err := web.Listen(ctx, "127.0.0.1:0", "127.0.0.1:0")
	require.NoError(t, err)
	cfg := gatewayd.Config{
		AuthURLs: []string{auth}, UsersURLs: []string{users}, CatalogURLs: []string{catalog},
		AuthInternalURLs: []string{ready.URL}, UsersInternalURLs: []string{ready.URL}, CatalogInternalURLs: []string{ready.URL},
		AuthURL: auth, AuthInternalURL: s.rights(t, s.issuer.Sessions), UsersInternalURL: s.rights(t, s.issuer), InternalToken: internalToken,
		TokenIssuer: tokentest.Name, TokenAudience: tokentest.Audience, Env: "production", Grace: soon,
	}
	if s.configure != nil {
		s.configure(&cfg)
	}
	gateway, err := gatewayd.New(ctx, cfg, doors, telemetry.Discard())
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() { done <- gateway.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	s.stop, s.server = stop, gateway
	s.addr = doors.Public.Addr().String()
	s.url = "http://" + s.addr
	s.inside = "http://" + doors.Internal.Addr().String()
}

// service starts one that remembers its requests.
func (s *system) service(t testing.TB, name string) string {
	t.Helper()

	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/openapi.json":
			_, _ = io.WriteString(w, strings.ReplaceAll(document, "%s", name))
			return
		case "/.well-known/jwks.json":
			jwks, _ := s.issuer.JWKS(r.Context())
			_, _ = w.Write(jwks)
			return
		}
		if s.instead != nil {
			s.instead(w, r)
			return
		}
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.requests = append(s.requests, seen{name, r.Method, r.RequestURI, r.Host, string(body), r.Header.Clone()})
		answer := s.answer
		s.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// rights starts what the gateway learns of revocations from.
func (s *system) rights(t testing.TB, from token.Rights) string {
	t.Helper()

	api := web.NewInternal(web.Config{}, internalToken, nil)
	httplog.Mount(api.App(), from)
	api.App().Get("/internal/v1/revocations", func(c *fiber.Ctx) error {
		if s.holding != nil {
			<-s.holding
		}
		snapshot, err := from.Revocations(c.UserContext())
		if err != nil {
			return err
		}
		return c.JSON(snapshot)
	})
	doors, err := web.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- web.Serve(ctx, api.App(), doors.Internal, time.Second) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
		require.NoError(t, doors.Close())
	})
	return "http://" + doors.Internal.Addr().String()
}

// untilReady waits until reads are answered and tokens are believed.
func (s *system) untilReady(t testing.TB) {
	t.Helper()

	bearer := "Bearer " + s.issuer.Token(t, account, "admin")
	require.Eventually(t, func() bool {
		return s.try(http.MethodGet, "/health", "") == http.StatusOK &&
			s.try(http.MethodDelete, "/api/v1/users/x", bearer) == http.StatusOK &&
			s.documented(3)
	}, soon, 5*time.Millisecond)
	s.mu.Lock()
	s.requests = nil
	s.mu.Unlock()
}

func (s *system) try(method, path, bearer string) int {
	req, err := http.NewRequestWithContext(context.Background(), method, s.url+path, http.NoBody)
	if err != nil {
		return 0
	}
	req.Header.Set("Authorization", bearer)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// documented reports whether n services have said what they do.
func (s *system) documented(n int) bool {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, s.url+"/api/v1/openapi.json", http.NoBody)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close() //nolint:errcheck // it was only read
	var doc struct{ Paths map[string]any }
	return json.NewDecoder(res.Body).Decode(&doc) == nil && len(doc.Paths) == 2+n
}

// answers makes all services answer like this from now on.
func (s *system) answers(answer http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// seen returns the requests that services have seen.
func (s *system) seen() []seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]seen(nil), s.requests...)
}

// call sends a request through the gateway.
func (s *system) call(t *testing.T, method, target, body string, header http.Header) (*http.Response, string) {
	t.Helper()

	req, err := http.NewRequestWithContext(t.Context(), method, s.url+target, strings.NewReader(body))
	require.NoError(t, err)
	if header != nil {
		req.Header = header
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(t, err)
	defer res.Body.Close() //nolint:errcheck // it was only read
	got, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res, string(got)
}

func (s *system) bearer(t *testing.T) http.Header {
	t.Helper()

	return http.Header{"Authorization": {"Bearer " + s.issuer.Token(t, account, "user")}}
}

func (s *system) json(t *testing.T) http.Header {
	t.Helper()

	header := s.bearer(t)
	header.Set("Content-Type", "application/json")
	return header
}

// problem decodes an answer that has to be one.
func problem(t *testing.T, res *http.Response, body string) web.Problem {
	t.Helper()

	require.Equal(t, web.ProblemContentType, res.Header.Get("Content-Type"), body)
	var p web.Problem
	require.NoError(t, json.Unmarshal([]byte(body), &p), body)
	require.Equal(t, res.StatusCode, p.Status)
	require.Equal(t, res.Header.Get("X-Request-Id"), p.RequestID)
	return p
}
