package gatewayd_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/token/tokentest"
)

func TestTokens(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	good := "Bearer " + s.issuer.Token(t, account, "user")
	for name, tt := range map[string]struct {
		auth      []string
		code      string
		challenge string
	}{
		"None":     {nil, "unauthenticated", "Bearer"},
		"Nonsense": {[]string{"Bearer nonsense"}, "invalid_token", `Bearer error="invalid_token"`},
		"Changed":  {[]string{good + "x"}, "invalid_token", `Bearer error="invalid_token"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			res, body := s.call(t, http.MethodGet, "/api/v1/auth/me", "", http.Header{"Authorization": tt.auth})
			require.Equal(t, tt.code, problem(t, res, body).Code)
			require.Equal(t, http.StatusUnauthorized, res.StatusCode)
			require.Equal(t, tt.challenge, res.Header.Get("WWW-Authenticate"))
		})
	}
	t.Run("TwoHeaders", func(t *testing.T) {
		t.Parallel()

		res, _ := s.call(t, http.MethodGet, "/api/v1/auth/me", "", http.Header{"Authorization": {good, good}})
		require.Equal(t, http.StatusUnauthorized, res.StatusCode)
	})
	t.Cleanup(func() { require.Empty(t, s.seen(), "no service was asked") })
}

func TestOpenRoutesDoNotLookAtTokens(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	res, _ := s.call(t, http.MethodGet, "/api/v1/products", "", http.Header{"Authorization": {"Bearer nonsense"}})
	require.Equal(t, http.StatusOK, res.StatusCode)
}

func TestRevokedTokensAreRefused(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	header := s.bearer(t)
	res, _ := s.call(t, http.MethodGet, "/api/v1/auth/me", "", header)
	require.Equal(t, http.StatusOK, res.StatusCode)

	s.issuer.Change(account)
	require.Eventually(t, func() bool {
		return s.try(http.MethodGet, "/api/v1/auth/me", header.Get("Authorization")) == http.StatusUnauthorized
	}, soon, time.Millisecond)
}

func TestTokensOfEndedSessionsAreRefused(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	claims := tokentest.Claims(account, "user")
	header := http.Header{"Authorization": {"Bearer " + s.issuer.Sign(t, claims)}}
	res, _ := s.call(t, http.MethodGet, "/api/v1/auth/me", "", header)
	require.Equal(t, http.StatusOK, res.StatusCode)

	s.issuer.End(claims.Session)
	require.Eventually(t, func() bool {
		return s.try(http.MethodGet, "/api/v1/auth/me", header.Get("Authorization")) == http.StatusUnauthorized
	}, soon, time.Millisecond)
	res, body := s.call(t, http.MethodGet, "/api/v1/auth/me", "", header)
	require.Equal(t, "session_revoked", problem(t, res, body).Code)
}
