package httpapi_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/token"
	"stockroom/pkg/web"
	"stockroom/services/auth/adapters/httpapi"
)

func issuedBy(name string) *web.API {
	api := web.New(web.Config{Title: "auth", Version: "1", Gate: token.NewGate(nil, nil)})
	httpapi.Mount(api, nil, nil, httpapi.Issuer{Name: name, Keys: func() token.JWKS { return token.JWKS{} }, KeysFor: time.Minute})
	return api
}

func TestMetadataSayWhatIsTrue(t *testing.T) {
	t.Parallel()

	for _, issuer := range []string{"https://shop.example", "http://127.0.0.1:8000", "https://[2001:db8::1]:8443"} {
		res, out := ask(t, issuedBy(issuer), http.MethodGet, "/.well-known/oauth-authorization-server", "", "", "Host", "evil.example")

		require.Equal(t, http.StatusOK, res.StatusCode, issuer)
		require.Equal(t, "public, max-age=60", res.Header.Get("Cache-Control"))
		require.Equal(t, object{
			"issuer":                                issuer,
			"token_endpoint":                        issuer + "/api/v1/auth/login",
			"jwks_uri":                              issuer + "/.well-known/jwks.json",
			"grant_types_supported":                 []any{"password"},
			"response_types_supported":              []any{},
			"token_endpoint_auth_methods_supported": []any{"none"},
			"service_documentation":                 issuer + "/docs",
		}, out)
	}
}

func TestIssuerThatIsNoURLHasNoMetadata(t *testing.T) {
	t.Parallel()

	for _, issuer := range []string{
		"stockroom", "", "https://", "https://shop.example/", "https://shop.example/path", "https://shop.example?x=1",
		"https://user@shop.example", "https://shop.example#x", "ftp://shop.example", "//shop.example", "https://shop example",
	} {
		res, out := ask(t, issuedBy(issuer), http.MethodGet, "/.well-known/oauth-authorization-server", "", "")

		require.Equal(t, http.StatusNotFound, res.StatusCode, issuer)
		require.Equal(t, "not_found", out["code"])
	}
}
