package auth

import (
	"context"
	"errors"
	"time"
)

const (
	// maxSessions is how many sessions an account has at once; the oldest give way.
	maxSessions = 100

	// overdueSessions bounds how many give way at one sign-in. There is one, if
	// it was not so at the sign-in before.
	overdueSessions = 20

	// revocationWindow is longer than any access token lives that was made before
	// its session ended, and than anybody needs to hear of it.
	revocationWindow = 15 * time.Minute
)

// SessionsOf returns the live sessions of an account, the newest first.
func (s *Service) SessionsOf(ctx context.Context, id AccountID) ([]Session, error) {
	return s.live(ctx, id, maxSessions)
}

func (s *Service) live(ctx context.Context, id AccountID, limit int) ([]Session, error) {
	now := s.time()
	return s.Sessions.Live(ctx, id, now, now.Add(-s.Lifetimes.Idle), limit)
}

// EndSession ends a session of an account, for a reason. Repeating it does
// nothing. It fails with ErrSessionNotFound if the account has no such session,
// or had it long ago.
func (s *Service) EndSession(ctx context.Context, account AccountID, id SessionID, why string, from Origin) error {
	return s.Sessions.Update(ctx, id, from, func(current *Session) error {
		if current.Account != account {
			return ErrSessionNotFound
		}
		current.Revoke(s.time(), why)
		return nil
	})
}

// Logout ends the session that somebody is in. It may be gone already.
func (s *Service) Logout(ctx context.Context, account AccountID, id SessionID, from Origin) error {
	err := s.EndSession(ctx, account, id, RevokedLogout, from)
	if errors.Is(err, ErrSessionNotFound) {
		return nil
	}
	return err
}

// LogoutAll ends all sessions of an account.
func (s *Service) LogoutAll(ctx context.Context, account AccountID, from Origin) error {
	return s.Sessions.EndAll(ctx, account, RevokedAll, from, s.time())
}

// makeRoom ends the oldest sessions of an account that has too many.
func (s *Service) makeRoom(ctx context.Context, account AccountID, from Origin) error {
	live, err := s.live(ctx, account, maxSessions+overdueSessions)
	if err != nil || len(live) <= maxSessions {
		return err
	}
	for _, overdue := range live[maxSessions:] {
		err := s.EndSession(ctx, account, overdue.ID, RevokedExcess, from)
		if err != nil && !errors.Is(err, ErrSessionNotFound) {
			return err
		}
	}
	return nil
}

// Ended returns which sessions ended lately: those whose access tokens may still
// be shown.
func (s *Service) Ended(ctx context.Context) (Ended, error) {
	return s.Endings.Ended(ctx, revocationWindow)
}

// Audit returns how sessions of an account ended, the last first.
func (s *Service) Audit(ctx context.Context, account AccountID, limit int) ([]Ending, error) {
	return s.Endings.Audit(ctx, account, limit)
}
