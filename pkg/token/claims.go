package token

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Type is the `typ` of an access token (RFC 9068). No other kind of token that
// the same key may sign one day can be used in its place.
const Type = "at+jwt"

// maxLifetime bounds what a verifier takes. A token that lived longer than the
// entries of revocations could outlive its own revocation.
const maxLifetime = revocationLifetime - time.Minute

// Claims are what an access token says.
type Claims struct {
	jwt.RegisteredClaims

	Session      string           `json:"sid"`
	Role         string           `json:"role"`
	AuthzVersion *int64           `json:"av"`
	SignedInAt   *jwt.NumericDate `json:"auth_time"`
}

var (
	errClaims = errors.New("claims are not those of an access token")

	uuidForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
)

// Validate makes golang-jwt check, besides the registered claims, that nothing
// is missing that a [Caller] consists of.
func (c Claims) Validate() error {
	switch {
	case !uuidForm.MatchString(c.Subject), !uuidForm.MatchString(c.Session):
		return fmt.Errorf("%w: sub and sid", errClaims)
	case c.ID == "", c.Role == "":
		return fmt.Errorf("%w: jti and role", errClaims)
	case c.AuthzVersion == nil, c.SignedInAt == nil:
		return fmt.Errorf("%w: av and auth_time", errClaims)
	case c.IssuedAt == nil, c.ExpiresAt == nil:
		return fmt.Errorf("%w: iat and exp", errClaims)
	case !c.ExpiresAt.After(c.IssuedAt.Time), c.ExpiresAt.Sub(c.IssuedAt.Time) > maxLifetime:
		return fmt.Errorf("%w: lifetime", errClaims)
	}
	return nil
}

func (c Claims) caller() Caller {
	return Caller{
		Account:      c.Subject,
		Session:      c.Session,
		Role:         c.Role,
		AuthzVersion: *c.AuthzVersion,
		SignedInAt:   c.SignedInAt.UTC(),
		ExpiresAt:    c.ExpiresAt.UTC(),
	}
}

// Sign makes the access token that [Verifier.Verify] reads.
func Sign(kid string, key ed25519.PrivateKey, c Claims) (string, error) {
	t := jwt.NewWithClaims(jwt.SigningMethodEdDSA, c)
	t.Header["typ"] = Type
	t.Header["kid"] = kid
	raw, err := t.SignedString(key)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return raw, nil
}
