package authtest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

func requireSession(t *testing.T, s Stores, want auth.Session) {
	t.Helper()
	got, err := s.Sessions.Session(t.Context(), want.ID)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func revoke(t *testing.T, s Stores, id auth.SessionID, at time.Time, why string) {
	t.Helper()
	err := s.Sessions.Update(t.Context(), id, auth.Origin{}, func(x *auth.Session) error {
		x.Revoke(at, why)
		return nil
	})
	require.NoError(t, err)
}

func addedSessionIsFound(t *testing.T, s Stores) {
	c := addCredential(t, s)
	addSession(t, s, c.Account)
	at := now()
	want := auth.Session{
		ID: auth.SessionID(ID()), Account: c.Account, AuthzVersion: 1 << 41, Generation: 1 << 40, Replays: 3,
		SignedInAt: at, RotatedAt: at.Add(time.Second), ExpiresAt: at.Add(time.Hour),
		Device: "Ärger/1.0 (X11)", Address: "2001:db8::1",
		RevokedAt: at.Add(time.Minute), RevokedFor: "reason",
	}
	require.NoError(t, s.Sessions.Add(t.Context(), want, 0))

	requireSession(t, s, want)
}

func missingSessionIsNotFound(t *testing.T, s Stores) {
	_, err := s.Sessions.Session(t.Context(), auth.SessionID(ID()))

	require.ErrorIs(t, err, auth.ErrSessionNotFound)
}

func sessionNeedsThePresentRevision(t *testing.T, s Stores) {
	c := addCredential(t, s)

	require.ErrorIs(t, s.Sessions.Add(t.Context(), session(c.Account), 1), auth.ErrCredentialChanged)
	require.ErrorIs(t, s.Sessions.Add(t.Context(), session(auth.AccountID(ID())), 0), auth.ErrCredentialChanged)

	require.NoError(t, s.Changes.Activate(t.Context(), stage(t, s, c.Account, ""), 0, now()))
	require.ErrorIs(t, s.Sessions.Add(t.Context(), session(c.Account), 0), auth.ErrCredentialChanged)
	require.NoError(t, s.Sessions.Add(t.Context(), session(c.Account), 1))
}

func sessionsDoNotSlipPastAnActivation(t *testing.T, s Stores) {
	for range 40 { // the moment in which one could is short
		c := addCredential(t, s)
		change := stage(t, s, c.Account, "")
		sessions := make([]auth.Session, 6)
		added := make([]bool, len(sessions))
		var wg sync.WaitGroup
		for i := range sessions {
			sessions[i] = session(c.Account)
			wg.Go(func() { added[i] = s.Sessions.Add(t.Context(), sessions[i], 0) == nil })
			if i == len(sessions)/2 {
				wg.Go(func() { _ = s.Changes.Activate(t.Context(), change, 0, now()) })
			}
		}
		wg.Wait()

		requireHash(t, s, c.Account, change.Hash)
		for i, x := range sessions {
			requireRevokedOrAbsent(t, s, x.ID, added[i])
		}
	}
}

func requireRevokedOrAbsent(t *testing.T, s Stores, id auth.SessionID, added bool) {
	t.Helper()
	got, err := s.Sessions.Session(t.Context(), id)
	if !added {
		require.ErrorIs(t, err, auth.ErrSessionNotFound)
		return
	}
	require.NoError(t, err)
	require.Equal(t, auth.RevokedPassword, got.RevokedFor, "made with the old password, and goes on")
}

func updatedSessionIsFound(t *testing.T, s Stores) {
	c := addCredential(t, s)
	want, other := addSession(t, s, c.Account), addSession(t, s, c.Account)
	requireSession(t, s, want)
	want.Generation, want.Replays, want.RotatedAt = 5, 2, want.RotatedAt.Add(time.Minute)
	want.RevokedAt, want.RevokedFor = want.RotatedAt.Add(time.Minute), "reason"

	require.NoError(t, s.Sessions.Update(t.Context(), want.ID, auth.Origin{}, func(x *auth.Session) error {
		*x = want
		return nil
	}))

	requireSession(t, s, want)
	requireSession(t, s, other)
}

func failedUpdateIsRolledBack(t *testing.T, s Stores) {
	want := addSession(t, s, addCredential(t, s).Account)
	failure := errors.New("failure")

	err := s.Sessions.Update(t.Context(), want.ID, auth.Origin{}, func(x *auth.Session) error {
		x.Generation = 99
		return failure
	})

	require.ErrorIs(t, err, failure)
	requireSession(t, s, want)
}

func unknownSessionsAreNotUpdated(t *testing.T, s Stores) {
	err := s.Sessions.Update(t.Context(), auth.SessionID(ID()), auth.Origin{}, func(*auth.Session) error {
		return errors.New("called")
	})

	require.ErrorIs(t, err, auth.ErrSessionNotFound)
}

func concurrentUpdatesAllCount(t *testing.T, s Stores) {
	x := addSession(t, s, addCredential(t, s).Account)
	const updates = 16
	failures := make([]error, updates)
	var wg sync.WaitGroup
	for i := range updates {
		wg.Go(func() {
			failures[i] = s.Sessions.Update(t.Context(), x.ID, auth.Origin{}, func(x *auth.Session) error {
				x.Generation++
				return nil
			})
		})
	}
	wg.Wait()

	require.NoError(t, errors.Join(failures...))
	x.Generation += updates
	requireSession(t, s, x)
}

func pruneRemovesExpiredAndIdleSessions(t *testing.T, s Stores) {
	c := addCredential(t, s)
	expired, idle, other := session(c.Account), session(c.Account), session(c.Account)
	other.ExpiresAt = expired.ExpiresAt.Add(time.Hour)
	idle.ExpiresAt, idle.RotatedAt = other.ExpiresAt, other.RotatedAt.Add(-time.Microsecond)
	for _, x := range []auth.Session{expired, idle, other} {
		require.NoError(t, s.Sessions.Add(t.Context(), x, 0))
	}

	require.NoError(t, s.Sessions.Prune(t.Context(), other.ExpiresAt, other.RotatedAt))

	for _, x := range []auth.Session{expired, idle} {
		_, err := s.Sessions.Session(t.Context(), x.ID)
		require.ErrorIs(t, err, auth.ErrSessionNotFound)
	}
	requireSession(t, s, other)
}

func liveSessionsAreListed(t *testing.T, s Stores) {
	c, other := addCredential(t, s), addCredential(t, s)
	at := now()
	add := func(change func(x *auth.Session)) auth.Session {
		x := session(c.Account)
		x.SignedInAt, x.RotatedAt, x.ExpiresAt = at, at, at.Add(time.Hour)
		change(&x)
		require.NoError(t, s.Sessions.Add(t.Context(), x, 0))
		return x
	}
	older := add(func(x *auth.Session) { x.SignedInAt = at.Add(-time.Minute) })
	newest := add(func(x *auth.Session) { x.Device, x.Address = "Firefox", "192.0.2.1" })
	oldest := add(func(x *auth.Session) { x.SignedInAt = at.Add(-time.Hour) })
	add(func(x *auth.Session) { x.ExpiresAt = at.Add(time.Minute) })
	add(func(x *auth.Session) { x.RotatedAt = at.Add(-time.Minute) })
	revoke(t, s, add(func(*auth.Session) {}).ID, at, "reason")
	addSession(t, s, other.Account)

	list := func(limit int) []auth.Session {
		got, err := s.Sessions.Live(t.Context(), c.Account, at.Add(time.Minute), at.Add(-time.Minute), limit)
		require.NoError(t, err)
		return got
	}
	require.Equal(t, []auth.Session{newest, older, oldest}, list(10))
	require.Equal(t, []auth.Session{newest, older}, list(2))
	none, err := s.Sessions.Live(t.Context(), auth.AccountID(ID()), at, at.Add(-time.Hour), 10)
	require.NoError(t, err)
	require.Empty(t, none)
}
