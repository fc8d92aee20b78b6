package auth_test

import (
	"crypto/ed25519"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/services/auth"
)

var plan = auth.KeyPlan{Lead: 5 * time.Minute, Lifetime: 30 * 24 * time.Hour}

func newSealer(t *testing.T, secret, previous string) *auth.Sealer {
	t.Helper()
	sealer, err := auth.NewSealer(secret, previous)
	require.NoError(t, err)
	return sealer
}

func openRing(t *testing.T, keys auth.Keys, sealer *auth.Sealer, now func() time.Time) *auth.Keyring {
	t.Helper()
	ring, err := auth.OpenKeyring(t.Context(), keys, sealer, plan, now, uuid.NewString)
	require.NoError(t, err)
	return ring
}

// current returns the id of the key that ring signs with.
func current(t *testing.T, ring *auth.Keyring) string {
	t.Helper()
	id, key, err := ring.Current()
	require.NoError(t, err)
	require.NotNil(t, key)
	return id
}

func TestReplicasAgreeOnTheFirstKey(t *testing.T) {
	t.Parallel()
	stores, sealer := openStores(t), newSealer(t, "secret", "")
	rings := make([]*auth.Keyring, 8)
	failures := make([]error, len(rings))
	var wg sync.WaitGroup
	for i := range rings {
		wg.Go(func() {
			rings[i], failures[i] = auth.OpenKeyring(t.Context(), stores.Keys, sealer, plan, time.Now, uuid.NewString)
		})
	}
	wg.Wait()

	wantID, want, err := rings[0].Current()
	require.NoError(t, err)
	for i, ring := range rings {
		require.NoError(t, failures[i])
		id, key, err := ring.Current()
		require.NoError(t, err)
		require.Equal(t, wantID, id)
		require.Equal(t, want, key)
		require.Len(t, ring.Public(), 1)
	}
}

func TestKeyIsKeptEncrypted(t *testing.T) {
	t.Parallel()
	stores := openStores(t)
	ring := openRing(t, stores.Keys, newSealer(t, "secret", ""), time.Now)
	id, key, err := ring.Current()
	require.NoError(t, err)

	stored, err := stores.Keys.Keys(t.Context())
	require.NoError(t, err)
	require.Len(t, stored, 1)
	require.NotContains(t, string(stored[0].Sealed), string(key.Seed()))
	require.True(t, key.Public().(ed25519.PublicKey).Equal(stored[0].Public))

	again := openRing(t, stores.Keys, newSealer(t, "secret", ""), time.Now)
	gotID, got, err := again.Current()
	require.NoError(t, err)
	require.Equal(t, id, gotID)
	require.Equal(t, key, got)
	require.Nil(t, again.Public()[0].Sealed)

	_, err = auth.OpenKeyring(t.Context(), stores.Keys, newSealer(t, "another secret", ""), plan, time.Now, uuid.NewString)
	require.ErrorContains(t, err, "was the secret changed?")
}

func TestStoredKeyThatWasTamperedWithIsRefused(t *testing.T) {
	t.Parallel()
	donor, at := openStores(t), &clock{now: time.Now()}
	sealer := newSealer(t, "secret", "")
	ring := openRing(t, donor.Keys, sealer, at.Now)
	_, err := ring.Rotate(t.Context())
	require.NoError(t, err)
	at.pass(11 * time.Minute)
	require.NoError(t, ring.Tend(t.Context()))
	keys, err := donor.Keys.Keys(t.Context())
	require.NoError(t, err)
	require.Len(t, keys, 2, "one that has retired, and one that signs")
	for name, tamper := range map[string]func(*auth.Key){
		"OtherID":     func(k *auth.Key) { k.ID = uuid.NewString() },
		"OtherPublic": func(k *auth.Key) { k.Public = make([]byte, ed25519.PublicKeySize) },
		"CutShort":    func(k *auth.Key) { k.Sealed = k.Sealed[:4] },
		"OtherBytes":  func(k *auth.Key) { k.Sealed = append([]byte{k.Sealed[0] ^ 1}, k.Sealed[1:]...) },
		"NoSeal":      func(k *auth.Key) { k.Sealed = []byte{} },
	} {
		for _, key := range keys {
			stores := openStores(t)
			tamper(&key)
			require.NoError(t, stores.Keys.Add(t.Context(), key))
			_, err := auth.OpenKeyring(t.Context(), stores.Keys, sealer, plan, at.Now, uuid.NewString)
			require.Error(t, err, "%s of key %d", name, key.Number)

			stores = openStores(t)
			running := openRing(t, stores.Keys, sealer, at.Now)
			key.Number = 2
			require.NoError(t, stores.Keys.Add(t.Context(), key))
			require.Error(t, running.Reload(t.Context()), name)
			require.Len(t, running.Public(), 1, "%s: it is not published", name)
			current(t, running)
		}
	}
}

func TestReplicaThatDoesNotSeeTheKeysSignsNoMore(t *testing.T) {
	t.Parallel()
	stores, at := openStores(t), &clock{now: time.Now()}
	ring := openRing(t, stores.Keys, newSealer(t, "secret", ""), at.Now)
	at.pass(3 * time.Minute)
	id := current(t, ring)

	at.pass(2 * time.Minute)
	_, _, err := ring.Current()
	require.ErrorIs(t, err, errs.ErrUnavailable)
	require.Len(t, ring.Public(), 1, "what was signed stays good")

	require.NoError(t, ring.Reload(t.Context()))
	require.Equal(t, id, current(t, ring))
}
