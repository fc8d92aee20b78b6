package jwtsigner_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/token"
	"stockroom/pkg/token/tokentest"
	"stockroom/services/auth"
	"stockroom/services/auth/adapters/jwtsigner"
)

type ring struct {
	id  string
	key ed25519.PrivateKey
}

func (r ring) Current() (string, ed25519.PrivateKey, error) { return r.id, r.key, nil }

func (r ring) Public() []auth.Key {
	return []auth.Key{{ID: r.id, Public: r.key.Public().(ed25519.PublicKey)}}
}

func TestSignedTokenIsVerified(t *testing.T) {
	t.Parallel()
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	signer := jwtsigner.New(ring{"key 1", key}, "issuer", "audience")
	now := time.Now().UTC().Truncate(time.Second)
	claims := auth.Claims{
		ID: uuid.NewString(), Account: auth.AccountID(uuid.NewString()), Session: auth.SessionID(uuid.NewString()),
		Role: auth.RoleAdmin, AuthzVersion: 1 << 50, SignedInAt: now.Add(-time.Hour), IssuedAt: now, ExpiresAt: now.Add(auth.AccessLifetime),
	}

	raw, err := signer.Sign(claims)

	require.NoError(t, err)
	v := token.NewVerifier(token.Config{
		Issuer: "issuer", Audience: "audience", Rights: new(tokentest.Log), Sessions: new(tokentest.Log),
		JWKS: func(context.Context) ([]byte, error) { return json.Marshal(signer.JWKS()) },
	})
	caller, err := v.Verify(t.Context(), raw)
	require.NoError(t, err)
	require.Equal(t, token.Caller{
		Account: string(claims.Account), Session: string(claims.Session), Role: "admin", AuthzVersion: 1 << 50,
		SignedInAt: claims.SignedInAt, ExpiresAt: claims.ExpiresAt,
	}, caller)
}
