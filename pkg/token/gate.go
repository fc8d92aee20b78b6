package token

import (
	"context"
	"slices"
	"time"

	"stockroom/pkg/web"
)

// How long a verifier that cannot learn of revocations is still believed.
const (
	trustForPower = 2 * time.Second // changes, and all that needs a permission
	trustForOwn   = time.Minute     // reading one's own data
)

// Gate lets callers in by the token they show and the permissions of the role
// in it.
type Gate struct {
	verifier *Verifier
	roles    map[string][]string
}

var _ web.Gate = (*Gate)(nil)

// NewGate returns a gate. roles names the permissions that each role holds.
func NewGate(v *Verifier, roles map[string][]string) *Gate {
	return &Gate{verifier: v, roles: roles}
}

// Admit returns a context with the [Caller] if they may call the operation.
func (g *Gate) Admit(
	ctx context.Context, auth []string, access web.Access, changes bool, param func(name string) string,
) (context.Context, error) {
	if access.Open {
		return ctx, nil
	}
	raw, err := bearer(auth)
	if err != nil {
		return ctx, err
	}
	caller, err := g.verifier.Verify(ctx, raw)
	if err != nil {
		return ctx, err
	}
	self := access.Self != "" && param(access.Self) == caller.Account
	needsPermission := access.Permission != "" && !self
	if needsPermission && !slices.Contains(g.roles[caller.Role], access.Permission) {
		return ctx, ErrPermissionDenied
	}
	trust := trustForOwn
	if changes || needsPermission {
		trust = trustForPower
	}
	if !g.verifier.freshWithin(trust) {
		return ctx, ErrUnavailable.After(time.Second)
	}
	return WithCaller(ctx, caller), nil
}
