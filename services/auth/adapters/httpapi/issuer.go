package httpapi

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/errs"
	"stockroom/pkg/token"
	"stockroom/pkg/web"
)

const (
	keysPath  = "/.well-known/jwks.json"
	tokenPath = "/api/v1/auth/login"
)

// errNoIssuer says that tokens are made in the name of nobody that has an address.
var errNoIssuer = errs.New(errs.NotFound, "not_found", "The issuer of tokens has no URL")

// Issuer is in whose name tokens are made.
type Issuer struct {
	// Name is the iss of tokens. If it is the URL of an origin, metadata are
	// published in its name.
	Name string
	Keys func() token.JWKS // the public signing keys
	// KeysFor is how long others may keep them: shorter than a new key is published
	// before it signs.
	KeysFor time.Duration
}

func (i Issuer) caching() string { return fmt.Sprintf("public, max-age=%d", i.KeysFor/time.Second) }

func mountIssuer(api *web.API, h handlers) {
	web.Handle(api, operation(web.Operation{
		ID: "jwks", Method: http.MethodGet, Path: keysPath,
		Summary: "List the keys that access tokens are signed with",
		Headers: map[string]string{fiber.HeaderCacheControl: "For how long it may be kept"},
	}), h.jwks)
	web.Handle(api, operation(web.Operation{
		ID: "authorizationServerMetadata", Method: http.MethodGet, Path: "/.well-known/oauth-authorization-server",
		Summary:     "Describe how tokens are had",
		Description: "The metadata of RFC 8414. There are none unless STOCKROOM_TOKEN_ISSUER is a URL: what it says is the issuer, and never what a request says.",
		Headers:     map[string]string{fiber.HeaderCacheControl: "For how long it may be kept"},
		Errors:      []*errs.Error{errNoIssuer},
	}), h.metadata)
}

func (h handlers) jwks(c *fiber.Ctx, _ web.Empty) (token.JWKS, error) {
	c.Set(fiber.HeaderCacheControl, h.issuer.caching())
	return h.issuer.Keys(), nil
}

// metadata are those members of RFC 8414 that there is something true to say in.
// Refreshing is not among them: it takes JSON and not the form of RFC 6749.
type metadata struct {
	Issuer        string   `json:"issuer"`
	Token         string   `json:"token_endpoint"`
	Keys          string   `json:"jwks_uri"`
	Grants        []string `json:"grant_types_supported"`
	Responses     []string `json:"response_types_supported"              doc:"None: there is no authorization endpoint"`
	ClientMethods []string `json:"token_endpoint_auth_methods_supported" doc:"Clients are not told apart"`
	Documentation string   `json:"service_documentation"`
}

func (h handlers) metadata(c *fiber.Ctx, _ web.Empty) (metadata, error) {
	issuer := h.issuer.Name
	if !isOrigin(issuer) {
		return metadata{}, errNoIssuer
	}
	c.Set(fiber.HeaderCacheControl, h.issuer.caching())
	return metadata{
		Issuer: issuer, Token: issuer + tokenPath, Keys: issuer + keysPath,
		Grants: []string{"password"}, Responses: []string{}, ClientMethods: []string{"none"},
		Documentation: issuer + "/docs",
	}, nil
}

// isOrigin tells whether name is a URL to which a path can be added, and nothing
// else.
func isOrigin(name string) bool {
	u, err := url.Parse(name)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && name == u.Scheme+"://"+u.Host
}
