package main

import (
	"crypto/ed25519"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"stockroom/pkg/token"
)

// issuer signs access tokens with a key of its own.
type issuer struct {
	kid string
	key ed25519.PrivateKey
}

// lifetime is the longest that a verifier takes.
const lifetime = 14 * time.Minute

func newIssuer() (issuer, error) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return issuer{}, fmt.Errorf("make key: %w", err)
	}
	return issuer{uuid.NewString(), key}, nil
}

func (i issuer) keys() token.JWKS {
	return token.JWKS{Keys: []token.JWK{token.JWKOf(i.kid, i.key.Public().(ed25519.PublicKey))}}
}

// tokens returns good tokens of n new accounts.
func (i issuer) tokens(n int) ([]string, error) {
	all := make([]string, 0, n)
	for range n {
		var version int64
		now := time.Now().Truncate(time.Second)
		raw, err := token.Sign(i.kid, i.key, token.Claims{
			RegisteredClaims: jwt.RegisteredClaims{
				Issuer:    "stockroom",
				Subject:   uuid.NewString(),
				Audience:  jwt.ClaimStrings{"stockroom"},
				ExpiresAt: jwt.NewNumericDate(now.Add(lifetime)),
				IssuedAt:  jwt.NewNumericDate(now),
				ID:        uuid.NewString(),
			},
			Session:      uuid.NewString(),
			Role:         "user",
			AuthzVersion: &version,
			SignedInAt:   jwt.NewNumericDate(now),
		})
		if err != nil {
			return nil, err
		}
		all = append(all, raw)
	}
	return all, nil
}
