package e2e_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
	"stockroom/gateway/gatewayd"
	"stockroom/pkg/telemetry"
)

// everybody is who may come along.
var everybody = [...]string{"none", "garbage", "expired", "user", "other", "inactive", "deleted", "admin"}

// A rule says which status each of everybody gets; ok is that of success.
type rule [len(everybody)]int

const ok = 0

var (
	open   = rule{ok, ok, ok, ok, ok, ok, ok, ok} // nobody looks at a token
	signed = rule{401, 401, 401, ok, ok, 401, 401, ok}
	own    = rule{401, 401, 401, ok, 403, 401, 401, ok}  // "user" asks for what is theirs
	mine   = rule{401, 401, 401, ok, 404, 401, 401, 404} // own, and nobody learns what others have
	admins = rule{401, 401, 401, 403, 403, 401, 401, ok}
)

// access says of every route who may use it. What {} stands for and what is sent
// is made for each request anew, and so is everybody for each row: a row may use
// up what it is given.
var access = map[string]struct {
	rule rule
	ok   int // the status of success
	at   func(t *testing.T, c *cast) string
	send func(c *cast) any
}{
	"GET /":                                       {open, 200, nil, nil},
	"GET /health":                                 {open, 200, nil, nil},
	"GET /docs":                                   {open, 200, nil, nil},
	"GET /docs/{}":                                {open, 200, is("docs.css"), nil},
	"GET /redoc":                                  {open, 200, nil, nil},
	"GET /redoc/{}":                               {open, 200, is("redoc.css"), nil},
	"GET /api/v1/openapi.json":                    {open, 200, nil, nil},
	"GET /.well-known/jwks.json":                  {open, 200, nil, nil},
	"POST /api/v1/auth/register":                  {open, 201, nil, stranger},
	"POST /api/v1/auth/login":                     {open, 200, nil, form},
	"POST /api/v1/auth/login/json":                {open, 200, nil, names},
	"POST /api/v1/auth/refresh":                   {open, 200, nil, refreshing},
	"GET /api/v1/auth/me":                         {signed, 200, nil, nil},
	"GET /api/v1/auth/sessions":                   {signed, 200, nil, nil},
	"DELETE /api/v1/auth/sessions/{}":             {mine, 204, theSession, nil},
	"POST /api/v1/auth/logout":                    {signed, 204, nil, nil},
	"POST /api/v1/auth/logout-all":                {signed, 204, nil, nil},
	"GET /.well-known/oauth-authorization-server": {open, 200, nil, nil},
	"POST /api/v1/auth/password":                  {signed, 200, nil, repeating},
	"POST /api/v1/auth/password-reset":            {open, 202, nil, mailing},
	"POST /api/v1/auth/password-reset/confirm":    {open, 422, nil, guessing}, // nobody has a token
	"POST /api/v1/auth/email-verification":        {open, 202, nil, mailing},  // or whoever is signed in, without a body

	"POST /api/v1/auth/email-verification/confirm": {open, 422, nil, guess},
	"GET /api/v1/products":                         {open, 200, nil, nil},
	"GET /api/v1/products/search":                  {open, 200, is("?q=lamp"), nil},
	"GET /api/v1/products/{}":                      {open, 200, someProduct, nil},
	"POST /api/v1/products":                        {admins, 201, nil, someDraft},
	"PUT /api/v1/products/{}":                      {admins, 200, someProduct, stocking},
	"DELETE /api/v1/products/{}":                   {admins, 204, someProduct, nil},
	"GET /api/v1/users":                            {admins, 200, nil, nil},
	"GET /api/v1/users/me":                         {signed, 200, nil, nil},
	"GET /api/v1/users/{}":                         {own, 200, theUser, nil},
	"PUT /api/v1/users/{}":                         {own, 200, theUser, renaming},
	"PATCH /api/v1/users/{}":                       {own, 200, theUser, renaming},
	"DELETE /api/v1/users/{}":                      {admins, 204, theUser, nil},
	"PUT /api/v1/users/{}/role":                    {admins, 200, theUser, promoting},
	"POST /api/v1/users/{}/activate":               {admins, 200, theUser, nil},

	"POST /api/v1/users/{}/deactivate": {admins, 200, theUser, nil},
	"POST /api/v1/users/{}/restore":    {admins, 200, theDeleted, nil},
	"POST /api/v1/users/{}/erase":      {admins, 204, theUser, nil},
	"GET /api/v1/users/{}/audit":       {admins, 200, theDeleted, nil},
}

// What stands for {}; a text that begins with a question mark is a query.
func is(text string) func(*testing.T, *cast) string {
	return func(*testing.T, *cast) string { return text }
}

func theUser(_ *testing.T, c *cast) string { return c.user.ID }

func theDeleted(_ *testing.T, c *cast) string  { return c.deleted.ID }
func someProduct(t *testing.T, c *cast) string { return c.w.product(t, nil).ID }

func theSession(_ *testing.T, c *cast) string { return c.sessionID }

// What is sent.
func someDraft(*cast) any    { return draft(nil) }
func stocking(*cast) any     { return fields{"stock": 7} }
func renaming(*cast) any     { return fields{"username": unique("renamed")} }
func promoting(*cast) any    { return fields{"role": "admin"} }
func names(c *cast) any      { return fields{"username": c.user.Username, "password": password} }
func refreshing(c *cast) any { return fields{"refresh_token": c.session.RefreshToken} }
func form(c *cast) any       { return url.Values{"username": {c.user.Username}, "password": {password}} }

func mailing(c *cast) any { return fields{"email": c.user.Email} }
func guess(*cast) any     { return fields{"token": "guessed"} }
func guessing(*cast) any  { return fields{"token": "guessed", "new_password": password} }

func repeating(*cast) any { return fields{"current_password": password, "new_password": password} }

func stranger(*cast) any {
	name := unique("stranger")
	return fields{"email": name + "@example.com", "username": name, "password": password}
}

// Every route of the gateway is asked by everybody.
func TestEveryRouteKnowsWhoMayUseIt(t *testing.T) {
	skipGiven(t)
	signer := newSigner(t)
	silent := func(string) *telemetry.Telemetry { return telemetry.Discard() }
	w := openWorld(t, stack.Assembled(t, silent, signer.beside))

	signer.issuer = w.system.Issuer
	signer.requireTrusted(t, w)

	routed := map[string]bool{}
	for _, r := range append(gatewayd.Routes(), gatewayd.OwnRoutes()...) {
		route := r.Method + " " + r.Pattern
		routed[route] = true
		row, ok := access[route]
		require.True(t, ok, "%s has no row: who may use it?", route)
		require.Equal(t, r.Token, row.rule != open, "%s: the gateway looks for a token", route)
		t.Run(strings.ReplaceAll(route, "/", " "), func(t *testing.T) {
			c := newCast(t, w, signer)
			for i, who := range everybody {
				want := row.rule[i]
				if want == 0 {
					want = row.ok
				}
				method, path, _ := strings.Cut(route, " ")
				if row.at != nil {
					path = place(path, row.at(t, c))
				}
				var body any
				if row.send != nil {
					body = row.send(c)
				}
				res := c.ask(t, who, method, path, body)
				require.Equal(t, want, res.StatusCode, "%s: %s", who, res)
				if code, known := refusals[who]; known && want == http.StatusUnauthorized {
					require.Equal(t, code, res.problem().Code, who)
					require.NotEmpty(t, res.Header.Get("WWW-Authenticate"))
				}
			}
		})
	}
	for route := range access {
		require.True(t, routed[route], "%s is no route", route)
	}
}

// refusals are the codes of those who are refused for their tokens.
var refusals = map[string]string{
	"none": "unauthenticated", "garbage": "invalid_token", "expired": "token_expired",
	"inactive": "invalid_token", "deleted": "invalid_token",
}

func place(pattern, text string) string {
	if strings.HasPrefix(text, "?") {
		return pattern + text
	}
	return strings.Replace(pattern, "{}", text, 1)
}
