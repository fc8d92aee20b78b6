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

// callerContext is the context of what a caller wants.
type callerContext struct {
	context.Context
	caller Caller
}

// Value implements [context.Context].
func (c *callerContext) Value(key any) any {
	if key == (callerKey{}) {
		return c
	}
	return c.Context.Value(key)
}

// WithCaller returns a context that carries the caller.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return &callerContext{ctx, c}
}

// CallerOf returns the caller that a [Gate] admitted. There is none behind an
// operation that is open to anyone.
func CallerOf(ctx context.Context) (Caller, bool) {
	if c, ok := ctx.Value(callerKey{}).(*callerContext); ok {
		return c.caller, true
	}
	return Caller{}, false
}
