package authtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

func stagedChangeIsFound(t *testing.T, s Stores) {
	c := addCredential(t, s)
	stage(t, s, c.Account, "")
	want := stage(t, s, c.Account, auth.SessionID(ID()))

	got, err := s.Changes.Change(t.Context(), want.ID)

	require.NoError(t, err)
	require.Equal(t, want, got)
	requireHash(t, s, c.Account, c.Hash)
}

func stagingTwiceKeepsTheFirst(t *testing.T, s Stores) {
	c := addCredential(t, s)
	first := stage(t, s, c.Account, "")
	second := first
	second.Hash = "another"

	require.NoError(t, s.Changes.Stage(t.Context(), second))

	got, err := s.Changes.Change(t.Context(), first.ID)
	require.NoError(t, err)
	require.Equal(t, first, got)
}

func stagingNeedsACredential(t *testing.T, s Stores) {
	addCredential(t, s)
	change := auth.Change{ID: auth.ChangeID(ID()), Account: auth.AccountID(ID()), Hash: "h", CreatedAt: now()}

	require.ErrorIs(t, s.Changes.Stage(t.Context(), change), auth.ErrCredentialNotFound)
}

func missingChangeIsNotFound(t *testing.T, s Stores) {
	_, err := s.Changes.Change(t.Context(), auth.ChangeID(ID()))

	require.ErrorIs(t, err, auth.ErrChangeNotFound)
	require.NoError(t, s.Changes.Discard(t.Context(), auth.ChangeID(ID())))
}

func activationPutsTheChangeIntoUse(t *testing.T, s Stores) {
	c := addCredential(t, s)
	change := stage(t, s, c.Account, "")

	require.NoError(t, s.Changes.Activate(t.Context(), change, c.Revision, now()))

	got, err := s.Credentials.Credential(t.Context(), c.Account)
	require.NoError(t, err)
	c.Hash, c.LastChange, c.Revision = change.Hash, change.ID, c.Revision+1
	require.Equal(t, c, got)
	_, err = s.Changes.Change(t.Context(), change.ID)
	require.ErrorIs(t, err, auth.ErrChangeNotFound)
}

func activationEndsTheOtherSessions(t *testing.T, s Stores) {
	c := addCredential(t, s)
	keep, other, before := addSession(t, s, c.Account), addSession(t, s, c.Account), addSession(t, s, c.Account)
	at := now()
	revoke(t, s, before.ID, at.Add(-time.Minute), "other reason")
	change := stage(t, s, c.Account, keep.ID)

	require.NoError(t, s.Changes.Activate(t.Context(), change, 0, at))

	requireSession(t, s, keep)
	other.RevokedAt, other.RevokedFor = at, auth.RevokedPassword
	requireSession(t, s, other)
	before.RevokedAt, before.RevokedFor = at.Add(-time.Minute), "other reason"
	requireSession(t, s, before)
}

func activationKeepingNoneEndsAll(t *testing.T, s Stores) {
	c := addCredential(t, s)
	x := addSession(t, s, c.Account)
	at := now()

	require.NoError(t, s.Changes.Activate(t.Context(), stage(t, s, c.Account, ""), 0, at))

	x.RevokedAt, x.RevokedFor = at, auth.RevokedPassword
	requireSession(t, s, x)
}

func changeOfOneLeavesOtherAccountsAlone(t *testing.T, s Stores) {
	c, other := addCredential(t, s), addCredential(t, s)
	x := addSession(t, s, other.Account)
	pending := stage(t, s, other.Account, "")

	require.NoError(t, s.Changes.Activate(t.Context(), stage(t, s, c.Account, ""), 0, now()))

	requireHash(t, s, other.Account, other.Hash)
	requireSession(t, s, x)
	_, err := s.Changes.Change(t.Context(), pending.ID)
	require.NoError(t, err)
}

func activationOfAStaleRevisionDoesNone(t *testing.T, s Stores) {
	c := addCredential(t, s)
	x := addSession(t, s, c.Account)
	change := stage(t, s, c.Account, "")

	err := s.Changes.Activate(t.Context(), change, c.Revision+1, now())

	require.ErrorIs(t, err, auth.ErrCredentialChanged)
	requireHash(t, s, c.Account, c.Hash)
	requireSession(t, s, x)
	_, err = s.Changes.Change(t.Context(), change.ID)
	require.NoError(t, err)
}

func secondActivationOfTheSameDoesNothing(t *testing.T, s Stores) {
	c := addCredential(t, s)
	change := stage(t, s, c.Account, "")
	require.NoError(t, s.Changes.Activate(t.Context(), change, 0, now()))
	x := session(c.Account)
	require.NoError(t, s.Sessions.Add(t.Context(), x, 1))

	require.ErrorIs(t, s.Changes.Activate(t.Context(), change, 0, now()), auth.ErrCredentialChanged)

	requireSession(t, s, x)
}

func oldStagedChangesAreListed(t *testing.T, s Stores) {
	c := addCredential(t, s)
	at := now()
	var changes []auth.Change
	for age := range 4 {
		change := auth.Change{
			ID: auth.ChangeID(ID()), Account: c.Account, Hash: "h", Keep: auth.SessionID(ID()),
			CreatedAt: at.Add(-time.Duration(age) * time.Second),
		}
		require.NoError(t, s.Changes.Stage(t.Context(), change))
		changes = append(changes, change)
	}

	got, err := s.Changes.Staged(t.Context(), at.Add(-time.Second), 10)
	require.NoError(t, err)
	require.Equal(t, []auth.Change{changes[3], changes[2]}, got)

	got, err = s.Changes.Staged(t.Context(), at.Add(-time.Second), 1)
	require.NoError(t, err)
	require.Equal(t, []auth.Change{changes[3]}, got)
}

func discardedChangeIsGone(t *testing.T, s Stores) {
	c := addCredential(t, s)
	change, other := stage(t, s, c.Account, ""), stage(t, s, c.Account, "")

	require.NoError(t, s.Changes.Discard(t.Context(), change.ID))

	_, err := s.Changes.Change(t.Context(), change.ID)
	require.ErrorIs(t, err, auth.ErrChangeNotFound)
	_, err = s.Changes.Change(t.Context(), other.ID)
	require.NoError(t, err)
}
