// Package tokentest makes access tokens, and stands in for the services that a
// verifier asks, in tests.
package tokentest

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/token"
)

// Names of the issuer and audience in [Issuer.Config].
const (
	Name     = "stockroom"
	Audience = "stockroom"
)

// Issuer signs tokens with a key of its own, and decides on rights: it is the
// log of users, and Sessions that of auth.
type Issuer struct {
	Kid string
	Key ed25519.PrivateKey

	*Log
	Sessions *Log
}

// New returns an issuer with a new key.
func New(t testing.TB) *Issuer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	return &Issuer{Kid: uuid.NewString(), Key: key, Log: new(Log), Sessions: new(Log)}
}

// Config returns what a verifier of this issuer's tokens needs.
func (i *Issuer) Config() token.Config {
	return token.Config{Issuer: Name, Audience: Audience, JWKS: i.JWKS, Rights: i, Sessions: i.Sessions}
}

// JWKS returns the published form of the key.
func (i *Issuer) JWKS(context.Context) ([]byte, error) {
	return json.Marshal(token.JWKS{Keys: []token.JWK{token.JWKOf(i.Kid, i.Key.Public().(ed25519.PublicKey))}})
}

// Claims returns good claims of a new session of the account.
func Claims(account, role string) token.Claims {
	var (
		now     = time.Now().Truncate(time.Second)
		version int64
	)
	return token.Claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    Name,
			Subject:   account,
			Audience:  jwt.ClaimStrings{Audience},
			ExpiresAt: jwt.NewNumericDate(now.Add(5 * time.Minute)),
			IssuedAt:  jwt.NewNumericDate(now),
			ID:        uuid.NewString(),
		},
		Session:      uuid.NewString(),
		Role:         role,
		AuthzVersion: &version,
		SignedInAt:   jwt.NewNumericDate(now),
	}
}

// Token returns a good token of a new session of the account.
func (i *Issuer) Token(t testing.TB, account, role string) string {
	t.Helper()
	return i.Sign(t, Claims(account, role))
}

// Sign returns a token with the claims.
func (i *Issuer) Sign(t testing.TB, c token.Claims) string {
	t.Helper()
	raw, err := token.Sign(i.Kid, i.Key, c)
	require.NoError(t, err)
	return raw
}

// Change commits a change of the accounts' rights and returns its event.
func (i *Issuer) Change(accounts ...string) commitlog.Event {
	return i.commit(token.KindAuthz, accounts)
}

// End commits the end of sessions and returns its event.
func (i *Issuer) End(sessions ...string) commitlog.Event {
	return i.Sessions.commit(token.KindEnded, sessions)
}
