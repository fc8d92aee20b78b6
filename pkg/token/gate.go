package token

import (
	"context"
	"slices"

	"stockroom/pkg/web"
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
	found, err := g.verifier.authenticate(ctx, raw)
	if err != nil {
		return ctx, err
	}
	caller := found.caller
	self := access.Self != "" && param(access.Self) == caller.Account
	needsPermission := access.Permission != "" && !self
	stale, err := g.verifier.ended(ctx, caller, !changes && !needsPermission)
	if err != nil {
		return ctx, err
	}
	if needsPermission && !slices.Contains(g.roles[caller.Role], access.Permission) {
		return ctx, ErrPermissionDenied
	}
	if stale != nil {
		return ctx, stale
	}
	return WithCaller(ctx, caller), nil
}
