package auth

import (
	"context"
	"errors"
	"time"
)

const (
	// abandonedAfter is far longer than any request takes: what was begun
	// before and is not finished by then never will be.
	abandonedAfter = time.Hour
	// settleAfter leaves the activation to whoever made the change, at first.
	settleAfter = time.Second
	sweepBatch  = 1000

	// auditKept is how long it can be seen how a session ended.
	auditKept = 365 * 24 * time.Hour
)

// Sweep finishes what was interrupted: it activates committed changes of
// passwords, and removes changes that never committed, credentials without an
// account, sessions and letters that ran out, and what the audit need not tell any more.
func (s *Service) Sweep(ctx context.Context) error {
	// A session outlives its last access token: as long as there is that, it can
	// be ended.
	gone := s.time().Add(-revocationWindow)
	return errors.Join(
		s.sweepChanges(ctx),
		s.sweepCredentials(ctx),
		s.Sessions.Prune(ctx, gone, gone.Add(-s.Lifetimes.Idle)),
		s.Endings.Forget(ctx, gone.Add(-auditKept)),
		s.Letters.Prune(ctx, s.time()),
	)
}

func (s *Service) sweepChanges(ctx context.Context) error {
	now := s.time()
	staged, err := s.Changes.Staged(ctx, now.Add(-settleAfter), sweepBatch)
	if err != nil {
		return err
	}
	for _, change := range staged {
		if err := s.sweepChange(ctx, change, now); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) sweepChange(ctx context.Context, change Change, now time.Time) error {
	account, err := s.Accounts.Account(ctx, change.Account)
	if err != nil && !errors.Is(err, ErrAccountNotFound) {
		return err
	}
	if account.PasswordChange == change.ID {
		return s.ActivateChange(ctx, change.Account, change.ID, change.Keep)
	}
	if now.Sub(change.CreatedAt) < abandonedAfter {
		return nil
	}
	return s.Changes.Discard(ctx, change.ID)
}

func (s *Service) sweepCredentials(ctx context.Context) error {
	ids, err := s.Credentials.Unconfirmed(ctx, s.time().Add(-abandonedAfter), sweepBatch)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.sweepCredential(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) sweepCredential(ctx context.Context, id AccountID) error {
	_, err := s.Accounts.Account(ctx, id)
	switch {
	case err == nil:
		return s.Credentials.Confirm(ctx, id)
	case errors.Is(err, ErrAccountNotFound):
		return s.Credentials.Remove(ctx, id)
	}
	return err
}
