package auth_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
	"stockroom/services/auth/authtest"
)

func openSecrets(t *testing.T, s authtest.Stores, secret, previous string) (auth.Secrets, error) {
	t.Helper()
	return auth.OpenSecrets(t.Context(), s.Vault, s.Keys, newSealer(t, secret, previous), secret)
}

func TestSecretsAreTheirOwnAndStay(t *testing.T) {
	t.Parallel()
	stores := openStores(t)
	one, err := openSecrets(t, stores, "secret", "")
	require.NoError(t, err)
	two, err := openSecrets(t, stores, "secret", "")
	require.NoError(t, err)
	require.Equal(t, one, two)

	derived, err := auth.Derive("secret")
	require.NoError(t, err)
	require.NotEqual(t, derived, one, "whoever knows the configured secret alone knows nothing of them")
	elsewhere, err := openSecrets(t, openStores(t), "secret", "")
	require.NoError(t, err)
	require.NotEqual(t, elsewhere, one)
}

// Databases of before have their secrets from the configured one.
func TestSecretsOfBeforeStay(t *testing.T) {
	t.Parallel()
	stores := openStores(t)
	openRing(t, stores.Keys, newSealer(t, "secret", ""), time.Now)

	got, err := openSecrets(t, stores, "secret", "")

	require.NoError(t, err)
	want, err := auth.Derive("secret")
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestSecretIsExchangedUnderRunningReplicas(t *testing.T) {
	t.Parallel()
	stores, at := openStores(t), &clock{now: time.Now()}
	secrets, err := openSecrets(t, stores, "old", "")
	require.NoError(t, err)
	old := openRing(t, stores.Keys, newSealer(t, "old", ""), at.Now)
	_, err = old.Rotate(t.Context())
	require.NoError(t, err)
	pass(t, at, 11*time.Minute, old)
	ids, signs := kids(old), current(t, old)
	require.Len(t, ids, 2)

	again, err := openSecrets(t, stores, "new", "old")
	require.NoError(t, err)
	require.Equal(t, secrets, again)
	next := openRing(t, stores.Keys, newSealer(t, "new", "old"), at.Now)
	require.NoError(t, next.Tend(t.Context()))
	require.Equal(t, ids, kids(next))
	require.Equal(t, signs, current(t, next))

	require.NoError(t, old.Reload(t.Context()), "it knows the keys already")
	require.Equal(t, ids, kids(old))
	require.Equal(t, signs, current(t, old))

	for _, previous := range []string{"", "something else"} {
		again, err = openSecrets(t, stores, "new", previous)
		require.NoError(t, err)
		require.Equal(t, secrets, again)
		require.Equal(t, signs, current(t, openRing(t, stores.Keys, newSealer(t, "new", previous), at.Now)))
	}
	_, err = openSecrets(t, stores, "old", "")
	require.ErrorContains(t, err, "was the secret changed?")
	_, err = auth.OpenKeyring(t.Context(), stores.Keys, newSealer(t, "old", ""), plan, at.Now, uuid.NewString)
	require.ErrorContains(t, err, "was the secret changed?")
}

func TestNoKeyIsMadeWhileTheSecretIsExchanged(t *testing.T) {
	t.Parallel()
	stores, at := openStores(t), &clock{now: time.Now()}
	ring := openRing(t, stores.Keys, newSealer(t, "new", "old"), at.Now)
	at.pass(2 * plan.Lifetime)
	require.NoError(t, ring.Tend(t.Context()))
	require.Len(t, ring.Public(), 1)

	done := openRing(t, stores.Keys, newSealer(t, "new", ""), at.Now)
	require.NoError(t, done.Tend(t.Context()))
	require.Len(t, done.Public(), 2)
}
