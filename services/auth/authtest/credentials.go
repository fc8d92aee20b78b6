package authtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

func addedCredentialIsFound(t *testing.T, s Stores) {
	addCredential(t, s)
	want := auth.Credential{
		Account: auth.AccountID(ID()), Hash: "hash", Revision: 7,
		LastChange: auth.ChangeID(ID()), CreatedAt: now(),
	}
	require.NoError(t, s.Credentials.Add(t.Context(), want))

	got, err := s.Credentials.Credential(t.Context(), want.Account)

	require.NoError(t, err)
	require.Equal(t, want, got)
}

func missingCredentialIsNotFound(t *testing.T, s Stores) {
	_, err := s.Credentials.Credential(t.Context(), auth.AccountID(ID()))

	require.ErrorIs(t, err, auth.ErrCredentialNotFound)
}

func missingCredentialsAreLeftInPeace(t *testing.T, s Stores) {
	id := auth.AccountID(ID())

	require.NoError(t, s.Credentials.Confirm(t.Context(), id))
	require.NoError(t, s.Credentials.Rehash(t.Context(), id, "a", "b"))
	require.NoError(t, s.Credentials.Remove(t.Context(), id))

	_, err := s.Credentials.Credential(t.Context(), id)
	require.ErrorIs(t, err, auth.ErrCredentialNotFound)
}

func rehashReplacesOnlyTheOldHash(t *testing.T, s Stores) {
	c, other := addCredential(t, s), addCredential(t, s)

	require.NoError(t, s.Credentials.Rehash(t.Context(), c.Account, c.Hash, "better"))
	requireHash(t, s, c.Account, "better")
	require.NoError(t, s.Credentials.Rehash(t.Context(), c.Account, c.Hash, "too late"))

	requireHash(t, s, c.Account, "better")
	requireHash(t, s, other.Account, other.Hash)
}

func rehashLeavesTheRevisionAlone(t *testing.T, s Stores) {
	c := addCredential(t, s)

	require.NoError(t, s.Credentials.Rehash(t.Context(), c.Account, c.Hash, "better"))

	require.NoError(t, s.Sessions.Add(t.Context(), session(c.Account), c.Revision))
}

func requireHash(t *testing.T, s Stores, id auth.AccountID, want string) {
	t.Helper()
	got, err := s.Credentials.Credential(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, want, got.Hash)
}

func removeTakesAllAlong(t *testing.T, s Stores) {
	c, other := addCredential(t, s), addCredential(t, s)
	x, y := addSession(t, s, c.Account), addSession(t, s, other.Account)
	change := stage(t, s, c.Account, "")

	require.NoError(t, s.Credentials.Remove(t.Context(), c.Account))

	_, err := s.Credentials.Credential(t.Context(), c.Account)
	require.ErrorIs(t, err, auth.ErrCredentialNotFound)
	_, err = s.Sessions.Session(t.Context(), x.ID)
	require.ErrorIs(t, err, auth.ErrSessionNotFound)
	_, err = s.Changes.Change(t.Context(), change.ID)
	require.ErrorIs(t, err, auth.ErrChangeNotFound)
	_, err = s.Sessions.Session(t.Context(), y.ID)
	require.NoError(t, err, "other accounts keep theirs")
}

func oldUnconfirmedCredentialsAreListed(t *testing.T, s Stores) {
	at := now()
	var ids []auth.AccountID
	for age := range 4 {
		c := auth.Credential{Account: auth.AccountID(ID()), Hash: "h", CreatedAt: at.Add(-time.Duration(age) * time.Hour)}
		require.NoError(t, s.Credentials.Add(t.Context(), c))
		ids = append(ids, c.Account)
	}

	got, err := s.Credentials.Unconfirmed(t.Context(), at.Add(-time.Hour), 10)
	require.NoError(t, err)
	require.Equal(t, []auth.AccountID{ids[3], ids[2]}, got)

	got, err = s.Credentials.Unconfirmed(t.Context(), at.Add(-time.Hour), 1)
	require.NoError(t, err)
	require.Equal(t, []auth.AccountID{ids[3]}, got)
}

func confirmedCredentialsAreNotListed(t *testing.T, s Stores) {
	c, other := addCredential(t, s), addCredential(t, s)
	later := now().Add(time.Hour)

	require.NoError(t, s.Credentials.Confirm(t.Context(), c.Account))
	require.NoError(t, s.Credentials.Confirm(t.Context(), c.Account))

	got, err := s.Credentials.Unconfirmed(t.Context(), later, 10)
	require.NoError(t, err)
	require.Equal(t, []auth.AccountID{other.Account}, got)
}

func adoptedCredentialsAreConfirmed(t *testing.T, s Stores) {
	there := addCredential(t, s)
	other := there
	other.Hash = "another"
	one := auth.Credential{Account: auth.AccountID(ID()), Hash: "one", CreatedAt: now().Add(-48 * time.Hour)}
	none := auth.Credential{Account: auth.AccountID(ID()), CreatedAt: now().Add(-48 * time.Hour)}
	cs := []auth.Credential{one, other, none, one}

	added, err := s.Credentials.Adopt(t.Context(), cs, false)

	require.NoError(t, err)
	require.Equal(t, []bool{true, false, true, false}, added)
	requireHash(t, s, there.Account, there.Hash)
	for _, want := range []auth.Credential{one, none} {
		got, err := s.Credentials.Credential(t.Context(), want.Account)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	unconfirmed, err := s.Credentials.Unconfirmed(t.Context(), now().Add(-time.Hour), 10)
	require.NoError(t, err)
	require.Empty(t, unconfirmed)
	added, err = s.Credentials.Adopt(t.Context(), cs, false)
	require.NoError(t, err)
	require.Equal(t, []bool{false, false, false, false}, added)
}

func rehearsedAdoptionStoresNothing(t *testing.T, s Stores) {
	there := addCredential(t, s)
	one := auth.Credential{Account: auth.AccountID(ID()), Hash: "one", CreatedAt: now()}

	added, err := s.Credentials.Adopt(t.Context(), []auth.Credential{one, there}, true)

	require.NoError(t, err)
	require.Equal(t, []bool{true, false}, added)
	_, err = s.Credentials.Credential(t.Context(), one.Account)
	require.ErrorIs(t, err, auth.ErrCredentialNotFound)
}
