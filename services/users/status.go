package users

import (
	"context"
	"time"
)

// Deactivate locks the account id out until it is activated. Its tokens end at
// once.
func (s *Service) Deactivate(ctx context.Context, by Caller, id AccountID) (Account, error) {
	return s.set(ctx, ActionDeactivate, by, id, func(a *Account) { a.IsActive = false })
}

// Activate lets the account id in again.
func (s *Service) Activate(ctx context.Context, by Caller, id AccountID) (Account, error) {
	return s.set(ctx, ActionActivate, by, id, func(a *Account) { a.IsActive = true })
}

// Restore takes the deletion of the account id back. It fails with ErrEmailTaken
// or ErrUsernameTaken if somebody else has its names by now. An erased account is
// not found: nothing is left to be restored.
func (s *Service) Restore(ctx context.Context, by Caller, id AccountID) (Account, error) {
	return s.set(ctx, ActionRestore, by, id, func(a *Account) { a.DeletedAt = time.Time{} })
}

func (s *Service) set(ctx context.Context, action Action, by Caller, id AccountID, apply func(*Account)) (Account, error) {
	return s.store.Update(ctx, id, Change{
		Action: action, By: by, At: s.time(),
		Apply: func(a *Account) error { apply(a); return nil },
	})
}
