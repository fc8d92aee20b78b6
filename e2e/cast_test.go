package e2e_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/token"
	"stockroom/pkg/token/tokentest"
)

// cast is everybody, with a token each.
type cast struct {
	w             *world
	user, deleted account
	session       tokens // one more of user
	sessionID     string
	tokens        map[string]string
}

func newCast(t *testing.T, w *world, s *signer) *cast {
	t.Helper()

	c := &cast{w: w, user: w.register(t), deleted: w.register(t)}
	other, inactive, boss := w.register(t), w.register(t), w.register(t)
	w.admin(t).put(t, boss.path()+"/role?role=admin", nil).want(http.StatusOK)
	c.session = w.signIn(t, c.user.Username, password)
	c.sessionID = w.sessionOf(t, c.session)
	c.tokens = map[string]string{"none": "", "garbage": "garbage", "expired": s.expired(t, c.user.ID)}
	for who, a := range map[string]account{
		"user": c.user, "other": other, "inactive": inactive, "deleted": c.deleted, "admin": boss,
	} {
		c.tokens[who] = w.signIn(t, a.Username, password).AccessToken
	}
	w.admin(t).post(t, inactive.path()+"/deactivate", nil).want(http.StatusOK)
	w.admin(t).delete(t, c.deleted.path()).want(http.StatusNoContent)
	for _, who := range []string{"inactive", "deleted"} {
		eventually(t, rightsDelay, who, func() bool {
			return w.as(c.tokens[who]).get(t, mePath).StatusCode == http.StatusUnauthorized
		})
	}
	return c
}

// sessionOf returns the id of the session that tokens are of.
func (w *world) sessionOf(t *testing.T, of tokens) string {
	t.Helper()
	var list struct {
		Items []struct {
			ID      string
			Current bool
		}
	}
	require.NoError(t, json.Unmarshal(w.as(of.AccessToken).get(t, "/api/v1/auth/sessions").want(http.StatusOK).body, &list))
	for _, s := range list.Items {
		if s.Current {
			return s.ID
		}
	}
	require.Fail(t, "no session is the current one")
	return ""
}

// ask sends a request as one of everybody.
func (c *cast) ask(t *testing.T, who, method, path string, body any) answer {
	t.Helper()

	as := c.w.as(c.tokens[who])
	form, isForm := body.(url.Values)
	if isForm {
		body = form.Encode()
	}
	req := as.request(t, method, path, body)
	if isForm {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if who == "none" {
		req.Header.Del("Authorization")
	}
	return as.do(t, req)
}

// signer makes tokens that the system takes for its own: it is told of one more
// key. So there can be tokens of the past, without waiting for them.
type signer struct {
	*tokentest.Issuer
	t      *testing.T
	issuer string // of the system
}

func newSigner(t *testing.T) *signer { return &signer{Issuer: tokentest.New(t), t: t} }

// beside returns where the keys of auth are, and the signer's with them.
func (s *signer) beside(auth string) string {
	proxy := http.NewServeMux()
	proxy.HandleFunc("GET /.well-known/jwks.json", func(w http.ResponseWriter, r *http.Request) {
		var theirs, ours token.JWKS
		mine, err := s.JWKS(r.Context())
		if err == nil {
			err = json.Unmarshal(mine, &ours)
		}
		if err == nil {
			err = fetch(r, auth+r.URL.Path, &theirs)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		_ = json.NewEncoder(w).Encode(token.JWKS{Keys: append(theirs.Keys, ours.Keys...)})
	})
	srv := httptest.NewServer(proxy)
	s.t.Cleanup(srv.Close)
	return srv.URL
}

func fetch(r *http.Request, url string, into any) error {
	req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	return json.NewDecoder(res.Body).Decode(into)
}

// expired returns a token of an account that was good until a minute ago.
func (s *signer) expired(t *testing.T, account string) string {
	t.Helper()
	return s.sign(t, account, time.Now().Add(-6*time.Minute))
}

// sign returns a token that auth might have made at that time.
func (s *signer) sign(t *testing.T, account string, at time.Time) string {
	t.Helper()
	claims := tokentest.Claims(account, "user")
	claims.Issuer = s.issuer
	claims.IssuedAt, claims.SignedInAt = jwt.NewNumericDate(at), jwt.NewNumericDate(at)
	claims.ExpiresAt = jwt.NewNumericDate(at.Add(5 * time.Minute))
	newest := int64(1 << 40) // no change of rights is newer
	claims.AuthzVersion = &newest
	return s.Sign(t, claims)
}

// requireTrusted makes sure that what is wrong with an expired token is its age.
func (s *signer) requireTrusted(t *testing.T, w *world) {
	t.Helper()
	a := w.register(t)
	fresh := s.sign(t, a.ID, time.Now())
	require.Equal(t, a, w.as(fresh).get(t, usersPath+"/me").want(http.StatusOK).account())
}
