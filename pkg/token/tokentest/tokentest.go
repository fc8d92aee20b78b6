// Package tokentest makes access tokens, and stands in for the services that a
// verifier asks, in tests.
package tokentest

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"sync"
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

// Issuer signs tokens with a key of its own, and decides on rights.
type Issuer struct {
	Kid string
	Key ed25519.PrivateKey

	mu     sync.Mutex
	events []commitlog.Event
	epoch  int64
}

// New returns an issuer with a new key.
func New(t testing.TB) *Issuer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	return &Issuer{Kid: uuid.NewString(), Key: key, epoch: 1}
}

// Config returns what a verifier of this issuer's tokens needs.
func (i *Issuer) Config() token.Config {
	return token.Config{Issuer: Name, Audience: Audience, JWKS: i.JWKS, Rights: i}
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
	i.mu.Lock()
	defer i.mu.Unlock()
	e := commitlog.Event{Epoch: i.epoch, Seq: int64(len(i.events)) + 1, IDs: accounts, Kind: token.KindAuthz, At: time.Now()}
	i.events = append(i.events, e)
	return e
}

// Head returns the position of the last change.
func (i *Issuer) Head(context.Context) (commitlog.Head, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return commitlog.Head{Epoch: i.epoch, Seq: int64(len(i.events))}, nil
}

// Since returns the changes after a position.
func (i *Issuer) Since(_ context.Context, after int64, limit int) ([]commitlog.Event, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	later := i.events[min(after, int64(len(i.events))):]
	return append([]commitlog.Event(nil), later[:min(limit, len(later))]...), nil
}

// Revocations returns all changes so far.
func (i *Issuer) Revocations(context.Context) (token.Snapshot, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	s := token.Snapshot{Epoch: i.epoch, Seq: int64(len(i.events))}
	for _, e := range i.events {
		for _, id := range e.IDs {
			s.Items = append(s.Items, token.Revision{Account: id, AuthzVersion: e.Seq})
		}
	}
	return s, nil
}
