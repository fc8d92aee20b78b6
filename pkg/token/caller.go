// Package token verifies access tokens, follows the taking away of rights, and
// says who calls.
package token

import (
	"context"
	"time"
)

// Caller is who a verified access token speaks for.
type Caller struct {
	Account      string // id of the account
	Session      string // id of the session the token belongs to
	Role         string
	AuthzVersion int64     // the account's authz_version when the token was made
	SignedInAt   time.Time // when the password was last given in this session
	ExpiresAt    time.Time
}

type callerKey struct{}

// WithCaller returns a context that carries the caller.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerOf returns the caller that a [Gate] admitted. There is none behind an
// operation that is open to anyone.
func CallerOf(ctx context.Context) (Caller, bool) {
	c, ok := ctx.Value(callerKey{}).(Caller)
	return c, ok
}
