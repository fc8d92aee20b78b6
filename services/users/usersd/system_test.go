package usersd_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/telemetry"
	"stockroom/pkg/token/tokentest"
	"stockroom/pkg/web"
	"stockroom/services/users/usersd"
)

// system is a running service with an auth that only has keys and says yes.
type system struct {
	t        *testing.T
	issuer   *tokentest.Issuer
	forgets  atomic.Bool // whether auth takes passwords away when asked
	forgot   atomic.Int32
	public   string
	internal string
	stop     context.CancelFunc
	done     <-chan error
}

func start(t *testing.T, change func(*usersd.Config)) *system {
	t.Helper()

	s := &system{t: t, issuer: tokentest.New(t)}
	ended := adaptor.FiberApp(tokentest.Rights(s.issuer.Sessions))
	auth := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost:
			w.WriteHeader(http.StatusNoContent)
			return
		case r.Method == http.MethodDelete && !s.forgets.Load():
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		case r.Method == http.MethodDelete:
			s.forgot.Add(1)
			w.WriteHeader(http.StatusNoContent)
			return
		case strings.HasPrefix(r.URL.Path, "/internal/"):
			ended(w, r)
			return
		}
		jwks, err := s.issuer.JWKS(r.Context())
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(jwks)
	}))
	t.Cleanup(auth.Close)
	cfg := usersd.Config{
		Env: "production", DatabaseURL: "sqlite:" + filepath.Join(t.TempDir(), "users.db"), Migrate: true, InternalToken: internalToken,
		AuthURL: auth.URL, AuthInternalURL: auth.URL, TokenIssuer: tokentest.Name, TokenAudience: tokentest.Audience,
		Drain: time.Millisecond, Grace: patience,
	}
	change(&cfg)
	srv, err := usersd.New(t.Context(), cfg, doors(t), telemetry.Discard())
	require.NoError(t, err)
	s.public, s.internal = "http://"+srv.Addr(), "http://"+srv.InternalAddr()

	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	s.stop, s.done = stop, done
	t.Cleanup(stop)

	s.register(bossID, "boss", "admin")
	s.register(adaID, "ada", "admin")
	boss := s.token(bossID, "admin", 1)
	require.Eventually(t, func() bool { // the verifier has its keys and revocations
		status, _ := s.call(boss, "GET", s.public+"/api/v1/users", "")
		return status == http.StatusOK
	}, patience, 5*time.Millisecond)
	return s
}

func doors(t *testing.T) web.Doors {
	t.Helper()

	d, err := web.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
	require.NoError(t, err)
	return d
}

func (s *system) register(id, name, role string) {
	s.t.Helper()

	status, answer := s.call(internalToken, "PUT", s.internal+"/internal/v1/accounts/"+id,
		`{"email":"`+name+`@example.com","username":"`+name+`","role":"`+role+`"}`)
	require.Equal(s.t, http.StatusCreated, status, answer)
}

// token is of a sign-in of the account at that version of its rights.
func (s *system) token(id, role string, version int64) string {
	c := tokentest.Claims(id, role)
	c.AuthzVersion = &version
	return s.issuer.Sign(s.t, c)
}

func (s *system) call(bearer, method, url, body string) (int, string) {
	s.t.Helper()

	req, err := http.NewRequestWithContext(s.t.Context(), method, url, strings.NewReader(body))
	require.NoError(s.t, err)
	req.Header.Set("Authorization", "Bearer "+bearer)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(s.t, err)
	defer res.Body.Close() //nolint:errcheck // it is read to its end
	answer, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	return res.StatusCode, string(answer)
}
