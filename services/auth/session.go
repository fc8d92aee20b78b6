package auth

import (
	"cmp"
	"time"

	"stockroom/pkg/errs"
)

// SessionID identifies a session; a lower-case UUID.
type SessionID string

// Session is one sign-in. Its refresh token carries the generation and is good
// for one use.
type Session struct {
	ID           SessionID
	Account      AccountID
	AuthzVersion int64 // of the account when it signed in
	Generation   int64 // of the refresh token that is good
	Replays      int   // how often the one before was shown again
	SignedInAt   time.Time
	RotatedAt    time.Time
	ExpiresAt    time.Time
	Device       string    // that signed in, as [DeviceOf] names it; may be empty
	Address      string    // that the sign-in came from; may be empty
	RevokedAt    time.Time // zero while the session lives
	RevokedFor   string    // why, for whoever looks into it later
}

// What bounds a session.
const (
	replayWithin = 10 * time.Second
	maxReplays   = 20
)

// KindEnded is the kind of commits that end sessions.
const KindEnded = "ended"

// Why a session ended.
const (
	RevokedReuse    = "refresh token used again"
	RevokedAccount  = "account inactive or deleted"
	RevokedPassword = "password changed"
	RevokedRemoved  = "credential removed"
	RevokedLogout   = "signed out"
	RevokedElse     = "ended from another session"
	RevokedAll      = "signed out everywhere"
	RevokedExcess   = "too many sessions"
)

// The failures of sessions and refresh tokens.
var (
	ErrSessionNotFound     = errs.New(errs.NotFound, "not_found", "Session not found")
	ErrSessionRevoked      = errs.New(errs.Unauthenticated, "session_revoked", "The session has ended")
	ErrInvalidRefreshToken = errs.New(errs.Unauthenticated, "invalid_token", "The refresh token is not valid")
)

// Lifetimes are how long sessions live.
type Lifetimes struct {
	Absolute time.Duration // from the sign-in on, of new sessions; 30 days if zero
	Idle     time.Duration // from the last refresh on, of all; 14 days if zero
}

// The lifetimes without other ones.
const (
	SessionLifetime = 30 * 24 * time.Hour
	IdleLifetime    = 14 * 24 * time.Hour
)

func (l Lifetimes) orDefault() Lifetimes {
	return Lifetimes{cmp.Or(l.Absolute, SessionLifetime), cmp.Or(l.Idle, IdleLifetime)}
}

func newSession(id SessionID, account Account, from Origin, now time.Time, lifetime time.Duration) Session {
	return Session{
		ID: id, Account: account.ID, AuthzVersion: account.AuthzVersion, Generation: 1, Device: from.Device, Address: from.Address,
		SignedInAt: now, RotatedAt: now, ExpiresAt: now.Add(lifetime),
	}
}

// Live tells whether the session can be continued.
func (s *Session) Live(now time.Time, idle time.Duration) bool {
	return s.RevokedAt.IsZero() && now.Before(s.ExpiresAt) && now.Before(s.RotatedAt.Add(idle))
}

// of reports whether the session is of account as it is: if that was locked
// after the sign-in, it is not, also when it is open again.
func (s *Session) of(account Account) bool {
	return account.live() && s.AuthzVersion >= account.ReinstatedVersion
}

// Revoke ends the session, unless it has ended already.
func (s *Session) Revoke(now time.Time, why string) {
	if s.RevokedAt.IsZero() {
		s.RevokedAt, s.RevokedFor = now, why
	}
}

// Rotate exchanges the refresh token of a generation for the next one. The
// token just replaced gets the same successor for a moment: an answer can be
// lost, and two tabs can ask at once. Anything older, or later, is in the hands
// of somebody else too, and nobody knows which of the two is the thief: the
// session ends, and the failure is ErrSessionRevoked.
func (s *Session) Rotate(generation int64, now time.Time, idle time.Duration) (next int64, err error) {
	if !s.Live(now, idle) {
		return 0, ErrSessionRevoked
	}
	if generation == s.Generation {
		s.Generation, s.Replays, s.RotatedAt = generation+1, 0, now
		return s.Generation, nil
	}
	if generation == s.Generation-1 && now.Sub(s.RotatedAt) <= replayWithin && s.Replays < maxReplays {
		s.Replays++
		return s.Generation, nil
	}
	s.Revoke(now, RevokedReuse)
	return 0, ErrSessionRevoked
}
