package users

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// sweepBatch bounds one sweep; the next one goes on.
const sweepBatch = 100

// erase takes away what tells whose account it was.
func (a *Account) erase(at time.Time) {
	a.Email = Email("erased-" + string(a.ID) + "@invalid") // no top-level domain is called that (RFC 2606)
	a.Username = Username("erased-" + string(a.ID))
	a.Role, a.IsActive, a.EmailVerified, a.PasswordChange = RoleUser, false, false, ""
	a.ErasedAt = at
	if !a.Deleted() {
		a.DeletedAt = at
	}
}

// Erase deletes the account id, live or deleted, and takes away all that tells
// whose it was: here, in the audit trail, and the password and the sessions in
// auth. What is left is its id and what was done to it.
//
// The commit here decides. If auth is away it fails with ErrAuthUnavailable, and
// auth's part is done by [Service.Sweep] or by erasing again, which may always be
// done.
func (s *Service) Erase(ctx context.Context, by Caller, id AccountID) error {
	now := s.time()
	_, err := s.set(ctx, ActionErase, by, id, func(a *Account) { a.erase(now) })
	if err != nil {
		return err
	}
	// It is committed: that the client hangs up does not take it back.
	return s.finishErasure(context.WithoutCancel(ctx), id)
}

// Sweep finishes erasures that were interrupted.
func (s *Service) Sweep(ctx context.Context) error {
	ids, err := s.store.PendingErasures(ctx, sweepBatch)
	if err != nil {
		return err
	}
	var failed []error
	for _, id := range ids {
		failed = append(failed, s.finishErasure(ctx, id))
	}
	return errors.Join(failed...)
}

func (s *Service) finishErasure(ctx context.Context, id AccountID) error {
	if err := s.passwords.Remove(ctx, id); err != nil {
		return fmt.Errorf("remove password of %s: %w", id, err)
	}
	return s.store.FinishErasure(ctx, id)
}
