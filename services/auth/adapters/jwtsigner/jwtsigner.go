// Package jwtsigner makes access tokens in the form of RFC 9068.
package jwtsigner

import (
	"crypto/ed25519"

	"github.com/golang-jwt/jwt/v5"

	"stockroom/pkg/token"
	"stockroom/services/auth"
)

// Ring is where the keys to sign with are.
type Ring interface {
	Current() (id string, key ed25519.PrivateKey, err error)
	Public() []auth.Key
}

// Signer implements [auth.Signer].
type Signer struct {
	ring     Ring
	issuer   string
	audience string
}

var _ auth.Signer = (*Signer)(nil)

// New returns a signer in the name of issuer, of tokens for audience.
func New(ring Ring, issuer, audience string) *Signer {
	return &Signer{ring, issuer, audience}
}

// Sign implements [auth.Signer].
func (s *Signer) Sign(c auth.Claims) (string, error) {
	kid, key, err := s.ring.Current()
	if err != nil {
		return "", err
	}
	return token.Sign(kid, key, token.Claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    s.issuer,
			Audience:  jwt.ClaimStrings{s.audience},
			Subject:   string(c.Account),
			ID:        c.ID,
			IssuedAt:  jwt.NewNumericDate(c.IssuedAt),
			ExpiresAt: jwt.NewNumericDate(c.ExpiresAt),
		},
		Session:      string(c.Session),
		Role:         string(c.Role),
		AuthzVersion: &c.AuthzVersion,
		SignedInAt:   jwt.NewNumericDate(c.SignedInAt),
	})
}

// JWKS returns the document of public keys.
func (s *Signer) JWKS() token.JWKS {
	doc := token.JWKS{Keys: []token.JWK{}}
	for _, k := range s.ring.Public() {
		doc.Keys = append(doc.Keys, token.JWKOf(k.ID, k.Public))
	}
	return doc
}
