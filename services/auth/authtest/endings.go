package authtest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
	"stockroom/services/auth"
)

// logged returns all commits.
func logged(t *testing.T, s Stores) []commitlog.Event {
	t.Helper()
	events, err := s.Log.Since(t.Context(), 0, 1000)
	require.NoError(t, err)
	head, err := s.Log.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, head.Seq, int64(len(events)))
	return events
}

// requireEnded checks that the last commit ended these sessions, and that whoever
// begins to follow now learns of them, too.
func requireEnded(t *testing.T, s Stores, want ...auth.SessionID) {
	t.Helper()
	events := logged(t, s)
	last := events[len(events)-1]
	require.Equal(t, auth.KindEnded, last.Kind)
	ids := make([]string, 0, len(want))
	for _, id := range want {
		ids = append(ids, string(id))
	}
	require.ElementsMatch(t, ids, last.IDs)
	ended, err := s.Endings.Ended(t.Context(), time.Minute)
	require.NoError(t, err)
	require.Equal(t, auth.Ended{Epoch: last.Epoch, Seq: last.Seq, Sessions: ended.Sessions}, ended)
	require.Subset(t, ended.Sessions, want)
}

func everyEndOfASessionIsLogged(t *testing.T, s Stores) {
	c := addCredential(t, s)
	one, two, three, four := addSession(t, s, c.Account), addSession(t, s, c.Account), addSession(t, s, c.Account), addSession(t, s, c.Account)

	revoke(t, s, one.ID, now(), "reason")
	requireEnded(t, s, one.ID)
	require.NoError(t, s.Changes.Activate(t.Context(), stage(t, s, c.Account, two.ID), 0, now()))
	requireEnded(t, s, three.ID, four.ID)
	require.NoError(t, s.Sessions.EndAll(t.Context(), c.Account, "reason", auth.Origin{}, now()))
	requireEnded(t, s, two.ID)
	x := session(c.Account)
	require.NoError(t, s.Sessions.Add(t.Context(), x, 1))
	require.NoError(t, s.Credentials.Remove(t.Context(), c.Account))
	requireEnded(t, s, x.ID)

	ended, err := s.Endings.Ended(t.Context(), time.Minute)
	require.NoError(t, err)
	require.ElementsMatch(t, []auth.SessionID{one.ID, two.ID, three.ID, four.ID, x.ID}, ended.Sessions)
}

func removedSessionsHaveEnded(t *testing.T, s Stores) {
	c := addCredential(t, s)
	x := addSession(t, s, c.Account)
	revoke(t, s, x.ID, now(), "reason")

	require.NoError(t, s.Sessions.Prune(t.Context(), x.ExpiresAt.Add(time.Second), now().Add(time.Second)))

	_, err := s.Sessions.Session(t.Context(), x.ID)
	require.ErrorIs(t, err, auth.ErrSessionNotFound)
	requireEnded(t, s, x.ID)
}

// nothingElseIsLogged is what keeps sign-ins and refreshes from waiting for each
// other.
func nothingElseIsLogged(t *testing.T, s Stores) {
	c := addCredential(t, s)
	x := addSession(t, s, c.Account)
	rotate := func(x *auth.Session) error { x.Generation++; return nil }
	require.NoError(t, s.Sessions.Update(t.Context(), x.ID, auth.Origin{}, rotate))
	refused := errors.New("refused")
	require.ErrorIs(t, s.Sessions.Update(t.Context(), x.ID, auth.Origin{}, func(x *auth.Session) error {
		x.Revoke(now(), "reason")
		return refused
	}), refused)
	require.ErrorIs(t, s.Changes.Activate(t.Context(), stage(t, s, c.Account, ""), 7, now()), auth.ErrCredentialChanged)
	require.NoError(t, s.Credentials.Confirm(t.Context(), c.Account))

	require.Empty(t, logged(t, s))
	ended, err := s.Endings.Ended(t.Context(), time.Hour)
	require.NoError(t, err)
	require.Equal(t, auth.Ended{Epoch: 1}, auth.Ended{Epoch: ended.Epoch, Seq: ended.Seq})
	require.Empty(t, ended.Sessions)
}

func endedSessionsAreForgottenInTime(t *testing.T, s Stores) {
	x := addSession(t, s, addCredential(t, s).Account)
	revoke(t, s, x.ID, now(), "reason")

	ended, err := s.Endings.Ended(t.Context(), -time.Minute) // of the next minute
	require.NoError(t, err)
	require.Equal(t, int64(1), ended.Seq)
	require.Empty(t, ended.Sessions)
}

func endStands(t *testing.T, s Stores) {
	c := addCredential(t, s)
	x := addSession(t, s, c.Account)
	at := now()
	revoke(t, s, x.ID, at, "first")
	x.RevokedAt, x.RevokedFor = at, "first"

	revoke(t, s, x.ID, at.Add(time.Minute), "second")
	require.NoError(t, s.Sessions.Update(t.Context(), x.ID, auth.Origin{}, func(x *auth.Session) error {
		x.RevokedAt, x.RevokedFor = time.Time{}, ""
		return nil
	}))
	require.NoError(t, s.Sessions.EndAll(t.Context(), c.Account, "third", auth.Origin{}, at.Add(time.Hour)))

	requireSession(t, s, x)
	audit, err := s.Endings.Audit(t.Context(), c.Account, 10)
	require.NoError(t, err)
	require.Len(t, audit, 1)
}

func endAllLeavesOthersAlone(t *testing.T, s Stores) {
	c, other := addCredential(t, s), addCredential(t, s)
	one, two, theirs := addSession(t, s, c.Account), addSession(t, s, c.Account), addSession(t, s, other.Account)
	at := now()

	require.NoError(t, s.Sessions.EndAll(t.Context(), c.Account, "reason", auth.Origin{}, at))

	for _, x := range []auth.Session{one, two} {
		x.RevokedAt, x.RevokedFor = at, "reason"
		requireSession(t, s, x)
	}
	requireSession(t, s, theirs)
}

// endsAtOnceAreLoggedOnce also shows that those who end sessions, and those who
// refresh them, do not lock each other out.
func endsAtOnceAreLoggedOnce(t *testing.T, s Stores) {
	for range 10 {
		c := addCredential(t, s)
		x, y := addSession(t, s, c.Account), addSession(t, s, c.Account)
		change := stage(t, s, c.Account, "")
		before := len(logged(t, s))
		end := func(x *auth.Session) error { x.Revoke(now(), "reason"); return nil }
		failures := make([]error, 8)
		var wg sync.WaitGroup
		for i, do := range []func() error{
			func() error { return s.Sessions.Update(t.Context(), x.ID, auth.Origin{}, end) },
			func() error { return s.Sessions.Update(t.Context(), x.ID, auth.Origin{}, end) },
			func() error { return s.Sessions.Update(t.Context(), y.ID, auth.Origin{}, end) },
			func() error { return s.Sessions.EndAll(t.Context(), c.Account, "reason", auth.Origin{}, now()) },
			func() error { return s.Changes.Activate(t.Context(), change, 0, now()) },
			func() error {
				return s.Sessions.Update(t.Context(), x.ID, auth.Origin{}, func(x *auth.Session) error { x.Generation++; return nil })
			},
			func() error {
				return s.Sessions.Update(t.Context(), y.ID, auth.Origin{}, func(x *auth.Session) error { x.Generation++; return nil })
			},
			func() error { return s.Credentials.Rehash(t.Context(), c.Account, "a", "b") },
		} {
			wg.Go(func() { failures[i] = do() })
		}
		wg.Wait()

		require.NoError(t, errors.Join(failures...))
		var ids []string
		for _, e := range logged(t, s)[before:] {
			ids = append(ids, e.IDs...)
		}
		require.ElementsMatch(t, []string{string(x.ID), string(y.ID)}, ids)
	}
}

func auditTellsWhoAndWhy(t *testing.T, s Stores) {
	c, other := addCredential(t, s), addCredential(t, s)
	one, two := addSession(t, s, c.Account), addSession(t, s, c.Account)
	addSession(t, s, other.Account)
	from := auth.Origin{Address: "192.0.2.1", Device: "Firefox", RequestID: "request-1"}
	at := now()
	require.NoError(t, s.Sessions.Update(t.Context(), one.ID, from, func(x *auth.Session) error {
		x.Revoke(at, auth.RevokedReuse)
		return nil
	}))
	require.NoError(t, s.Changes.Activate(t.Context(), stage(t, s, c.Account, ""), 0, at.Add(time.Second)))
	require.NoError(t, s.Sessions.EndAll(t.Context(), other.Account, auth.RevokedAll, from, at))

	want := []auth.Ending{
		{Session: two.ID, Account: c.Account, Reason: auth.RevokedPassword, At: at.Add(time.Second)},
		{Session: one.ID, Account: c.Account, Reason: auth.RevokedReuse, Address: "192.0.2.1", RequestID: "request-1", At: at},
	}
	got, err := s.Endings.Audit(t.Context(), c.Account, 10)
	require.NoError(t, err)
	require.Equal(t, want, got)

	require.NoError(t, s.Credentials.Remove(t.Context(), c.Account))
	want[1].Address = ""
	got, err = s.Endings.Audit(t.Context(), c.Account, 10)
	require.NoError(t, err)
	require.Equal(t, want, got, "it outlives the account, but tells no more where that was")
	theirs, err := s.Endings.Audit(t.Context(), other.Account, 10)
	require.NoError(t, err)
	require.Equal(t, "192.0.2.1", theirs[0].Address)
	got, err = s.Endings.Audit(t.Context(), c.Account, 1)
	require.NoError(t, err)
	require.Equal(t, want[:1], got)

	require.NoError(t, s.Credentials.Remove(t.Context(), c.Account))
	want[1].Address = ""
	got, err = s.Endings.Audit(t.Context(), c.Account, 10)
	require.NoError(t, err)
	require.Equal(t, want, got, "it outlives the account, without what is personal")

	require.NoError(t, s.Endings.Forget(t.Context(), at.Add(time.Second)))
	got, err = s.Endings.Audit(t.Context(), c.Account, 10)
	require.NoError(t, err)
	require.Equal(t, want[:1], got)
}
