package gatewayd_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/gateway/gatewayd"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/web"
)

const (
	products = "/api/v1/products"
	shopPage = "https://shop.example"
)

func preflight(origin string) http.Header {
	return http.Header{
		"Origin": {origin}, "Access-Control-Request-Method": {"PUT"}, "Access-Control-Request-Headers": {"authorization,content-type"},
	}
}

func TestPagesOfOtherOriginsAreNotLetInByDefault(t *testing.T) {
	t.Parallel()

	s := newSystem(t)
	res, body := s.call(t, http.MethodOptions, products+"/x", "", preflight(shopPage))
	require.Equal(t, http.StatusMethodNotAllowed, res.StatusCode)
	require.Equal(t, "method_not_allowed", problem(t, res, body).Code)
	res, _ = s.call(t, http.MethodGet, products, "", http.Header{"Origin": {shopPage}})
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Empty(t, res.Header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "same-origin", res.Header.Get("Cross-Origin-Resource-Policy"))
}

func TestPagesOfNamedOriginsAreLetIn(t *testing.T) {
	t.Parallel()

	s := newSystemWith(t, func(c *gatewayd.Config) { c.CORSOrigins = []string{shopPage, "http://localhost:3000"} })
	for _, origin := range []string{shopPage, "http://localhost:3000"} {
		res, _ := s.call(t, http.MethodOptions, products+"/x", "", preflight(origin))
		require.Equal(t, http.StatusNoContent, res.StatusCode)
		require.Equal(t, origin, res.Header.Get("Access-Control-Allow-Origin"))
		require.Equal(t, "DELETE, GET, HEAD, PUT", res.Header.Get("Access-Control-Allow-Methods"))
		require.Contains(t, res.Header.Get("Access-Control-Allow-Headers"), "Authorization")
		require.Equal(t, "600", res.Header.Get("Access-Control-Max-Age"))
		require.Empty(t, res.Header.Get("Access-Control-Allow-Credentials"))
		require.Contains(t, res.Header.Values("Vary"), "Origin")
	}
	require.Empty(t, s.seen(), "no service is asked")

	for path, status := range map[string]int{products: http.StatusOK, "/api/v1/users": http.StatusUnauthorized, "/nowhere": http.StatusNotFound} {
		res, _ := s.call(t, http.MethodGet, path, "", http.Header{"Origin": {shopPage}})
		require.Equal(t, status, res.StatusCode)
		require.Equal(t, shopPage, res.Header.Get("Access-Control-Allow-Origin"), "pages see problems too: %s", path)
		require.Contains(t, res.Header.Get("Access-Control-Expose-Headers"), "Catalog-Seq")
		require.Equal(t, "cross-origin", res.Header.Get("Cross-Origin-Resource-Policy"))
	}
	for _, origin := range []string{"https://evil.example", "https://shop.example.evil.example", "http://shop.example", "null"} {
		res, _ := s.call(t, http.MethodGet, products, "", http.Header{"Origin": {origin}})
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Empty(t, res.Header.Get("Access-Control-Allow-Origin"), origin)
		require.Contains(t, res.Header.Values("Vary"), "Origin")
	}
	res, _ := s.call(t, http.MethodOptions, products, "", http.Header{"Origin": {shopPage}})
	require.Equal(t, http.StatusMethodNotAllowed, res.StatusCode, "no browser asks like this")
	res, _ = s.call(t, http.MethodOptions, "/nowhere", "", preflight(shopPage))
	require.Equal(t, http.StatusNotFound, res.StatusCode)
}

func TestAnyPageAndCredentials(t *testing.T) {
	t.Parallel()

	s := newSystemWith(t, func(c *gatewayd.Config) { c.CORSOrigins = []string{"*"} })
	res, _ := s.call(t, http.MethodGet, products, "", http.Header{"Origin": {"https://any.example"}})
	require.Equal(t, "*", res.Header.Get("Access-Control-Allow-Origin"))
	require.Empty(t, res.Header.Get("Access-Control-Allow-Credentials"))

	s = newSystemWith(t, func(c *gatewayd.Config) { c.CORSOrigins, c.CORSCredentials = []string{shopPage}, true })
	res, _ = s.call(t, http.MethodGet, products, "", http.Header{"Origin": {shopPage}})
	require.Equal(t, shopPage, res.Header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "true", res.Header.Get("Access-Control-Allow-Credentials"))
}

func TestOriginsThatAreRefused(t *testing.T) {
	t.Parallel()

	for _, clients := range []gatewayd.Clients{
		{CORSOrigins: []string{"shop.example"}},
		{CORSOrigins: []string{"https://shop.example/"}},
		{CORSOrigins: []string{"https://*.example/x"}},
		{CORSOrigins: []string{"ftp://shop.example"}},
		{CORSOrigins: []string{"*"}, CORSCredentials: true},
	} {
		cfg := gatewayd.Config{Clients: clients, Env: "production", InternalToken: internalToken}
		_, err := gatewayd.New(t.Context(), cfg, web.Doors{}, telemetry.Discard())
		require.ErrorContains(t, err, "STOCKROOM_CORS_")
	}
}
