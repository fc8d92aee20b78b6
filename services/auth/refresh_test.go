package auth_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

func (s *system) refresh(t *testing.T, tokens auth.Tokens) auth.Tokens {
	t.Helper()
	next, err := s.Refresh(t.Context(), tokens.Refresh, auth.Origin{})
	require.NoError(t, err)
	return next
}

func (s *system) requireEnded(t *testing.T, tokens auth.Tokens) {
	t.Helper()
	_, err := s.Refresh(t.Context(), tokens.Refresh, auth.Origin{})
	require.ErrorIs(t, err, auth.ErrSessionRevoked)
}

func TestRefreshedTokensHaveThePresentRights(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	first := s.login(t, "ada")
	before := s.signer.read(t, first)
	s.accounts.Change(account.ID, func(a *auth.Account) { a.Role = auth.RoleAdmin })
	s.clock.pass(time.Minute)

	second := s.refresh(t, first)

	after := s.signer.read(t, second)
	require.Equal(t, auth.RoleAdmin, after.Role)
	require.Greater(t, after.AuthzVersion, before.AuthzVersion)
	require.Equal(t, before.Session, after.Session)
	require.Equal(t, before.SignedInAt, after.SignedInAt, "nobody gave a password meanwhile")
	require.Equal(t, before.IssuedAt.Add(time.Minute), after.IssuedAt)
	require.NotEqual(t, first.Refresh, second.Refresh)
	s.refresh(t, second)
}

func TestSessionsOfBeforeALockAreOver(t *testing.T) {
	t.Parallel()
	for name, lock := range map[string]func(*auth.Account, bool){
		"Inactive": func(a *auth.Account, locked bool) { a.Active = !locked },
		"Deleted":  func(a *auth.Account, locked bool) { a.Deleted = locked },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSystem(t)
			account := s.register(t, "ada")
			before := s.login(t, "ada")
			s.accounts.Change(account.ID, func(a *auth.Account) { lock(a, true) })
			s.accounts.Change(account.ID, func(a *auth.Account) { lock(a, false) })
			after := s.login(t, "ada")

			s.requireEnded(t, before)
			s.refresh(t, after)
		})
	}
}

func TestLastTokenGetsTheSameSuccessorForAMoment(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	first := s.login(t, "ada")
	second := s.refresh(t, first)
	s.clock.pass(10 * time.Second)

	for range 20 {
		require.Equal(t, second.Refresh, s.refresh(t, first).Refresh)
	}
	s.requireEnded(t, first)
	s.requireEnded(t, second)
}

func TestTokenUsedAgainLaterEndsTheSession(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	other := s.login(t, "ada")
	first := s.login(t, "ada")
	second := s.refresh(t, first)
	s.clock.pass(10*time.Second + time.Microsecond)

	s.requireEnded(t, first)

	s.requireEnded(t, second)
	s.refresh(t, other)
}

func TestTokenBeforeTheLastEndsTheSessionAtOnce(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	first := s.login(t, "ada")
	third := s.refresh(t, s.refresh(t, first))

	s.requireEnded(t, first)

	s.requireEnded(t, third)
}

func TestSessionEndsAfterThirtyDays(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	tokens := s.login(t, "ada")
	for range 29 {
		s.clock.pass(24 * time.Hour)
		tokens = s.refresh(t, tokens)
	}
	s.clock.pass(24 * time.Hour)

	s.requireEnded(t, tokens)
	s.clock.pass(time.Second)
	require.NoError(t, s.Sweep(t.Context()))
	s.requireEnded(t, tokens)
}

func TestDeadAccountEndsTheSession(t *testing.T) {
	t.Parallel()

	for name, kill := range map[string]func(*auth.Account){
		"Inactive": func(a *auth.Account) { a.Active = false },
		"Deleted":  func(a *auth.Account) { a.Deleted = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSystem(t)
			account := s.register(t, "ada")
			tokens := s.login(t, "ada")
			s.accounts.Change(account.ID, kill)

			s.requireEnded(t, tokens)

			s.accounts.Change(account.ID, func(a *auth.Account) { a.Active, a.Deleted = true, false })
			s.requireEnded(t, tokens)
			s.login(t, "ada")
		})
	}
}

func TestOtherTextsAreNoRefreshTokens(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	raw := s.login(t, "ada").Refresh
	parts := strings.Split(raw, ".")
	require.Len(t, parts, 3)

	for name, other := range map[string]string{
		"Nothing":         "",
		"Words":           "not a token",
		"Dots":            "..",
		"OtherSession":    uuid.NewString() + "." + parts[1] + "." + parts[2],
		"OtherGeneration": parts[0] + ".2." + parts[2],
		"LeadingZero":     parts[0] + ".01." + parts[2],
		"Plus":            parts[0] + ".+1." + parts[2],
		"CutShort":        raw[:len(raw)-1],
		"NoMAC":           parts[0] + "." + parts[1] + ".",
		"MoreParts":       raw + ".",
		"Padded":          raw + "=",
		"Huge":            parts[0] + "." + strings.Repeat("9", 40) + "." + parts[2],
	} {
		_, err := s.Refresh(t.Context(), other, auth.Origin{})
		require.ErrorIs(t, err, auth.ErrInvalidRefreshToken, name)
	}
	s.refresh(t, auth.Tokens{Refresh: raw})
}

func TestTokenOfAnotherSecretIsNone(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	tokens := s.login(t, "ada")
	var err error
	s.Secrets, err = auth.Derive("another secret")
	require.NoError(t, err)

	_, err = s.Refresh(t.Context(), tokens.Refresh, auth.Origin{})

	require.ErrorIs(t, err, auth.ErrInvalidRefreshToken)
}
