package gatewayd_test

import (
	"net/http"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/gateway/gatewayd"
	"stockroom/pkg/testkit"
)

// slow is a limit that a test fills within its lifetime.
func slow(c *gatewayd.Config) {
	c.RateAddress, c.RateAccount, c.RateWindow = 0.1, 0.05, 100*time.Second // 10 and 5 requests
	c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
}

func from(address string, more http.Header) http.Header {
	header := http.Header{"X-Forwarded-For": {address}}
	for name, values := range more {
		header[name] = values
	}
	return header
}

// until sends requests until one is refused, and returns how many were not.
func (s *system) until(t *testing.T, path string, header http.Header) (taken int, refused *http.Response, body string) {
	t.Helper()

	for ; taken < 100; taken++ {
		res, body := s.call(t, http.MethodGet, path, "", header)
		if res.StatusCode == http.StatusTooManyRequests {
			return taken, res, body
		}
		require.Equal(t, http.StatusOK, res.StatusCode)
	}
	require.FailNow(t, "nothing is refused")
	return 0, nil, ""
}

func TestRequestsFromOneAddressAreLimited(t *testing.T) {
	t.Parallel()

	s := newSystemWith(t, slow)
	res, _ := s.call(t, http.MethodGet, products, "", from("203.0.113.1", nil))
	require.Equal(t, `"address";q=10;w=100`, res.Header.Get("RateLimit-Policy"))
	require.Equal(t, `"address";r=9;t=10`, res.Header.Get("RateLimit"))

	taken, res, body := s.until(t, products, from("203.0.113.1", nil))
	require.Equal(t, 9, taken)
	require.Equal(t, "rate_limited", problem(t, res, body).Code)
	seconds, err := strconv.Atoi(res.Header.Get("Retry-After"))
	require.NoError(t, err)
	require.InDelta(t, 10, seconds, 5)
	require.Contains(t, res.Header.Get("RateLimit"), `"address";r=0;t=`)

	for path, status := range map[string]int{"/nowhere": http.StatusTooManyRequests, "/": http.StatusTooManyRequests, "/health": http.StatusOK} {
		res, _ := s.call(t, http.MethodGet, path, "", from("203.0.113.1", nil))
		require.Equal(t, status, res.StatusCode, path)
	}
	before := len(s.seen())
	res, _ = s.call(t, http.MethodPost, "/api/v1/auth/login/json", "{}", from("203.0.113.2", http.Header{"Content-Type": {"application/json"}}))
	require.Equal(t, http.StatusOK, res.StatusCode, "another address has its own")
	require.Equal(t, `"address";r=0;t=100`, res.Header.Get("RateLimit"), "what costs much counts for more")
	require.Len(t, s.seen(), before+1)
}

func TestAnIPv6NetworkIsOnePlace(t *testing.T) {
	t.Parallel()

	s := newSystemWith(t, slow)
	taken, _, _ := s.until(t, products, from("2001:db8:1:2::1", nil))
	require.Equal(t, 10, taken)
	res, _ := s.call(t, http.MethodGet, products, "", from("2001:db8:1:2:ffff::9", nil))
	require.Equal(t, http.StatusTooManyRequests, res.StatusCode)
	res, _ = s.call(t, http.MethodGet, products, "", from("2001:db8:1:3::1", nil))
	require.Equal(t, http.StatusOK, res.StatusCode)
}

func TestRequestsOfOneAccountAreLimited(t *testing.T) {
	t.Parallel()

	s := newSystemWith(t, slow)
	somebody := http.Header{"Authorization": {"Bearer " + s.issuer.Token(t, "0190f3a1-7a00-7000-8000-000000000002", "user")}}
	for n := range 5 {
		res, _ := s.call(t, http.MethodGet, "/api/v1/auth/me", "", from("203.0.113."+strconv.Itoa(n), somebody))
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Equal(t, `"address";q=10;w=100, "account";q=5;w=100`, res.Header.Get("RateLimit-Policy"))
	}
	res, body := s.call(t, http.MethodGet, "/api/v1/auth/me", "", from("203.0.113.99", somebody))
	require.Equal(t, http.StatusTooManyRequests, res.StatusCode)
	require.Equal(t, "rate_limited", problem(t, res, body).Code)
}

func TestGatewaysCountTogether(t *testing.T) {
	t.Parallel()

	redis := testkit.NewRedisServer(t)
	together := func(c *gatewayd.Config) {
		slow(c)
		c.RedisURL = redis.URL()
	}
	one, two := newSystemWith(t, together), newSystemWith(t, together)
	taken, _, _ := one.until(t, products, from("203.0.113.1", nil))
	require.Equal(t, 10, taken)
	require.Eventually(t, func() bool { // each of these would be taken by itself
		res, _ := two.call(t, http.MethodGet, products, "", from("203.0.113.1", nil))
		return res.StatusCode == http.StatusTooManyRequests
	}, soon, 200*time.Millisecond)
	require.Less(t, len(two.seen()), 10, "it was not the own limit")

	redis.Stop()
	taken, _, _ = two.until(t, products, from("203.0.113.7", nil))
	require.Equal(t, 10, taken, "without Redis, each counts by itself")
}
