package auth_test

import (
	"crypto/ed25519"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

func openRing(t *testing.T, keys auth.Keys, secret string, now func() time.Time) (*auth.Keyring, error) {
	t.Helper()
	secrets, err := auth.Derive(secret)
	require.NoError(t, err)
	return auth.OpenKeyring(t.Context(), keys, secrets, now, uuid.NewString)
}

func TestReplicasAgreeOnTheFirstKey(t *testing.T) {
	t.Parallel()
	stores := openStores(t)
	rings := make([]*auth.Keyring, 8)
	failures := make([]error, len(rings))
	var wg sync.WaitGroup
	for i := range rings {
		wg.Go(func() { rings[i], failures[i] = openRing(t, stores.Keys, "secret", time.Now) })
	}
	wg.Wait()

	for i, ring := range rings {
		require.NoError(t, failures[i])
		id, key := ring.Current()
		wantID, want := rings[0].Current()
		require.Equal(t, wantID, id)
		require.Equal(t, want, key)
		require.Len(t, ring.Public(), 1)
	}
}

func TestKeyIsKeptEncrypted(t *testing.T) {
	t.Parallel()
	stores := openStores(t)
	ring, err := openRing(t, stores.Keys, "secret", time.Now)
	require.NoError(t, err)
	id, key := ring.Current()

	stored, err := stores.Keys.Keys(t.Context())
	require.NoError(t, err)
	require.Len(t, stored, 1)
	require.NotContains(t, string(stored[0].Sealed), string(key.Seed()))
	require.True(t, key.Public().(ed25519.PublicKey).Equal(stored[0].Public))

	again, err := openRing(t, stores.Keys, "secret", time.Now)
	require.NoError(t, err)
	gotID, got := again.Current()
	require.Equal(t, id, gotID)
	require.Equal(t, key, got)
	require.Nil(t, again.Public()[0].Sealed)
	_, err = openRing(t, stores.Keys, "another secret", time.Now)
	require.ErrorContains(t, err, "was the secret changed?")
}

func TestStoredKeyThatWasTamperedWithIsRefused(t *testing.T) {
	t.Parallel()
	donor := openStores(t)
	_, err := openRing(t, donor.Keys, "secret", time.Now)
	require.NoError(t, err)
	keys, err := donor.Keys.Keys(t.Context())
	require.NoError(t, err)

	for name, tamper := range map[string]func(*auth.Key){
		"OtherID":     func(k *auth.Key) { k.ID = uuid.NewString() },
		"OtherPublic": func(k *auth.Key) { k.Public = make([]byte, ed25519.PublicKeySize) },
		"CutShort":    func(k *auth.Key) { k.Sealed = k.Sealed[:4] },
		"OtherBytes":  func(k *auth.Key) { k.Sealed = append([]byte{k.Sealed[0] ^ 1}, k.Sealed[1:]...) },
	} {
		stores := openStores(t)
		key := keys[0]
		tamper(&key)
		require.NoError(t, stores.Keys.Add(t.Context(), key))
		_, err := openRing(t, stores.Keys, "secret", time.Now)
		require.Error(t, err, name)
	}
}

func TestNewKeyIsPublishedBeforeItSigns(t *testing.T) {
	t.Parallel()
	stores, donor := openStores(t), openStores(t)
	at := &clock{now: time.Now()}
	ring, err := openRing(t, stores.Keys, "secret", at.Now)
	require.NoError(t, err)
	old, _ := ring.Current()
	_, err = openRing(t, donor.Keys, "secret", at.Now)
	require.NoError(t, err)
	keys, err := donor.Keys.Keys(t.Context())
	require.NoError(t, err)
	keys[0].Number = 2
	require.NoError(t, stores.Keys.Add(t.Context(), keys[0]))

	require.NoError(t, ring.Reload(t.Context()))

	require.Len(t, ring.Public(), 2)
	id, _ := ring.Current()
	require.Equal(t, old, id)
	at.pass(5 * time.Minute)
	id, _ = ring.Current()
	require.Equal(t, keys[0].ID, id)
}
