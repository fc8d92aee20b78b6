package userstest

import (
	"context"
	"errors"
	"slices"
	"sync"

	"stockroom/services/users"
)

// CurrentPassword is the password that all accounts of [Passwords] have.
const CurrentPassword = "Current-1"

// Passwords is a [users.Passwords] that remembers what it was asked to do. The
// zero value is ready.
type Passwords struct {
	OnPrepare   func() // called when a password has been prepared, if not nil
	ActivateErr error  // what Activate fails with
	RemoveErr   error  // what Remove fails with

	mu        sync.Mutex
	pending   []users.NewPassword
	activated []Activation
	removed   []users.AccountID
}

// Activation is a call of Activate that succeeded.
type Activation struct {
	Account     users.AccountID
	Change      users.ChangeID
	KeepSession string
}

var _ users.Passwords = (*Passwords)(nil)

// Prepare implements [users.Passwords].
func (p *Passwords) Prepare(_ context.Context, n users.NewPassword) error {
	p.mu.Lock()
	defer p.mu.Unlock()

	if n.Current != "" && n.Current != CurrentPassword {
		return users.ErrReauthentication
	}
	p.pending = append(p.pending, n)
	if p.OnPrepare != nil {
		p.OnPrepare()
	}
	return nil
}

// Activate implements [users.Passwords].
func (p *Passwords) Activate(ctx context.Context, id users.AccountID, change users.ChangeID, keepSession string) error {
	p.mu.Lock()
	defer p.mu.Unlock()

	if err := ctx.Err(); err != nil {
		return err
	}
	if p.ActivateErr != nil {
		return p.ActivateErr
	}
	p.activated = append(p.activated, Activation{id, change, keepSession})
	return nil
}

// Remove implements [users.Passwords].
func (p *Passwords) Remove(ctx context.Context, id users.AccountID) error {
	p.mu.Lock()
	defer p.mu.Unlock()

	if err := errors.Join(ctx.Err(), p.RemoveErr); err != nil {
		return err
	}
	p.removed = append(p.removed, id)
	return nil
}

// Removed returns whose passwords were removed, in the order of the calls.
func (p *Passwords) Removed() []users.AccountID {
	p.mu.Lock()
	defer p.mu.Unlock()

	return slices.Clone(p.removed)
}

// Pending returns what was prepared, oldest first.
func (p *Passwords) Pending() []users.NewPassword {
	p.mu.Lock()
	defer p.mu.Unlock()

	return slices.Clone(p.pending)
}

// Activated returns the activations, oldest first.
func (p *Passwords) Activated() []Activation {
	p.mu.Lock()
	defer p.mu.Unlock()

	return slices.Clone(p.activated)
}
