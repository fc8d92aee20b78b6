package auth_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

func (s *system) sessionOf(t *testing.T, tokens auth.Tokens) auth.SessionID {
	t.Helper()
	return s.signer.read(t, tokens).Session
}

func TestIdleSessionEnds(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	used, idle := s.login(t, "ada"), s.login(t, "ada")
	s.clock.pass(13 * 24 * time.Hour)
	used = s.refresh(t, used)
	s.clock.pass(24 * time.Hour)

	s.requireEnded(t, idle)
	live, err := s.SessionsOf(t.Context(), account.ID)
	require.NoError(t, err)
	require.Len(t, live, 1)
	require.Equal(t, s.sessionOf(t, used), live[0].ID)
	require.NoError(t, s.Sweep(t.Context()))
	s.requireEnded(t, idle)
	s.refresh(t, used)
}

func TestLifetimesAreConfiguration(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.Lifetimes = auth.Lifetimes{Absolute: time.Hour, Idle: 20 * time.Minute}
	s.register(t, "ada")
	idle, used := s.login(t, "ada"), s.login(t, "ada")
	for range 3 {
		s.clock.pass(20*time.Minute - time.Microsecond)
		used = s.refresh(t, used)
	}
	s.requireEnded(t, idle)
	s.clock.pass(3 * time.Microsecond)
	s.requireEnded(t, used)
}

func TestExpiredSessionCanStillBeEnded(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.Lifetimes.Absolute = time.Hour
	account := s.register(t, "ada")
	id := s.sessionOf(t, s.login(t, "ada"))
	s.clock.pass(time.Hour + auth.AccessLifetime) // its last access token may be as old
	require.NoError(t, s.Sweep(t.Context()))

	require.NoError(t, s.LogoutAll(t.Context(), account.ID, auth.Origin{}))

	ended, err := s.Ended(t.Context())
	require.NoError(t, err)
	require.Equal(t, []auth.SessionID{id}, ended.Sessions)
	s.clock.pass(time.Hour)
	require.NoError(t, s.Sweep(t.Context()))
	_, err = s.stores.Sessions.Session(t.Context(), id)
	require.ErrorIs(t, err, auth.ErrSessionNotFound)
}

func TestOldestSessionsGiveWay(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	var all []auth.Tokens
	for range 102 {
		all = append(all, s.login(t, "ada"))
		s.clock.pass(time.Second)
	}

	live, err := s.SessionsOf(t.Context(), account.ID)
	require.NoError(t, err)
	require.Len(t, live, 100)
	require.Equal(t, s.sessionOf(t, all[101]), live[0].ID)
	require.Equal(t, s.sessionOf(t, all[2]), live[99].ID)
	s.requireEnded(t, all[0])
	s.requireEnded(t, all[1])
	s.refresh(t, all[2])
	ended, err := s.Ended(t.Context())
	require.NoError(t, err)
	require.ElementsMatch(t, []auth.SessionID{s.sessionOf(t, all[0]), s.sessionOf(t, all[1])}, ended.Sessions)
}

func TestSessionKnowsWhereItCameFrom(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	tokens, err := s.Login(t.Context(), "ada", good, auth.Origin{Address: "192.0.2.1", Device: "Firefox"})
	require.NoError(t, err)
	s.clock.pass(time.Minute)
	_, err = s.Refresh(t.Context(), tokens.Refresh, auth.Origin{Address: "192.0.2.2", Device: "Other"})
	require.NoError(t, err)

	live, err := s.SessionsOf(t.Context(), account.ID)
	require.NoError(t, err)
	require.Len(t, live, 1)
	require.Equal(t, "192.0.2.1", live[0].Address)
	require.Equal(t, "Firefox", live[0].Device)
	require.Equal(t, time.Minute, live[0].RotatedAt.Sub(live[0].SignedInAt))
}

func TestTheftIsAudited(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	first := s.login(t, "ada")
	s.refresh(t, s.refresh(t, first))
	thief := auth.Origin{Address: "192.0.2.66", RequestID: "the-theft"}
	var told []auth.SessionID
	s.Stolen = func(_ context.Context, session auth.Session, from auth.Origin) {
		require.Equal(t, thief, from)
		told = append(told, session.ID)
	}

	for range 2 { // the second finds the session ended
		_, err := s.Refresh(t.Context(), first.Refresh, thief)
		require.ErrorIs(t, err, auth.ErrSessionRevoked)
	}

	require.Equal(t, []auth.SessionID{s.sessionOf(t, first)}, told)
	audit, err := s.Audit(t.Context(), account.ID, 10)
	require.NoError(t, err)
	require.Equal(t, []auth.Ending{{
		Session: s.sessionOf(t, first), Account: account.ID, Reason: auth.RevokedReuse,
		Address: thief.Address, RequestID: thief.RequestID, At: s.clock.Now().UTC().Truncate(time.Microsecond),
	}}, audit)
}

func TestEndingWhatIsGoneOrOfOthers(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	ada, eve := s.register(t, "ada"), s.register(t, "eve")
	tokens := s.login(t, "ada")
	id := s.sessionOf(t, tokens)

	require.ErrorIs(t, s.EndSession(t.Context(), eve.ID, id, auth.RevokedElse, auth.Origin{}), auth.ErrSessionNotFound)
	gone := auth.SessionID(uuid.NewString())
	require.ErrorIs(t, s.EndSession(t.Context(), ada.ID, gone, auth.RevokedElse, auth.Origin{}), auth.ErrSessionNotFound)
	require.NoError(t, s.Logout(t.Context(), ada.ID, gone, auth.Origin{}))
	tokens = s.refresh(t, tokens)

	for range 2 {
		require.NoError(t, s.EndSession(t.Context(), ada.ID, id, auth.RevokedElse, auth.Origin{}))
	}
	s.requireEnded(t, tokens)
	audit, err := s.Audit(t.Context(), ada.ID, 10)
	require.NoError(t, err)
	require.Len(t, audit, 1)
}
