package auth_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

// kids are those of the published keys.
func kids(ring *auth.Keyring) (ids []string) {
	for _, k := range ring.Public() {
		ids = append(ids, k.ID)
	}
	return ids
}

// pass lets time go by as it does: the rings look after the keys all along.
func pass(t *testing.T, at *clock, d time.Duration, rings ...*auth.Keyring) {
	t.Helper()
	const step = time.Minute
	for ; d > 0; d -= step {
		at.pass(min(d, step))
		for _, ring := range rings {
			require.NoError(t, ring.Tend(t.Context()))
		}
	}
}

func TestLifeOfASigningKey(t *testing.T) {
	t.Parallel()
	stores, at, sealer := openStores(t), &clock{now: time.Now()}, newSealer(t, "secret", "")
	ring, other := openRing(t, stores.Keys, sealer, at.Now), openRing(t, stores.Keys, sealer, at.Now)
	first := current(t, ring)

	made, err := ring.Rotate(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, made.Number)
	require.WithinDuration(t, at.Now().Add(plan.Lead), made.SignsFrom, time.Millisecond)
	require.NoError(t, other.Tend(t.Context()))
	for _, r := range []*auth.Keyring{ring, other} {
		require.Equal(t, []string{first, made.ID}, kids(r), "it is published")
		require.Equal(t, first, current(t, r), "and does not sign yet")
	}

	pass(t, at, plan.Lead, ring, other)
	for _, r := range []*auth.Keyring{ring, other} {
		require.Equal(t, made.ID, current(t, r))
		require.Equal(t, []string{first, made.ID}, kids(r))
	}
	stored := func() []auth.Key {
		keys, err := stores.Keys.Keys(t.Context())
		require.NoError(t, err)
		return keys
	}
	before := stored()[0].Sealed

	pass(t, at, 5*time.Minute, ring, other)
	require.Less(t, len(stored()[0].Sealed), len(before), "the private half is gone")
	require.Equal(t, []string{first, made.ID}, kids(ring), "tokens that it has signed are good")
	require.Equal(t, []string{first, made.ID}, kids(openRing(t, stores.Keys, sealer, at.Now)))

	pass(t, at, 5*time.Minute, ring, other)
	require.Len(t, stored(), 2, "the last token that it may have signed is as old as this")
	pass(t, at, 2*time.Minute, ring, other)
	require.Len(t, stored(), 1)
	require.Equal(t, []string{made.ID}, kids(ring))
}

func TestReplicasThatRotateAtOnceMakeOneSuccessor(t *testing.T) {
	t.Parallel()
	stores, at, sealer := openStores(t), &clock{now: time.Now()}, newSealer(t, "secret", "")
	rings, made, failures := make([]*auth.Keyring, 8), make([]auth.Key, 8), make([]error, 8)
	for i := range rings {
		rings[i] = openRing(t, stores.Keys, sealer, at.Now)
	}
	for round := range 3 {
		var wg sync.WaitGroup
		for i, ring := range rings {
			wg.Go(func() { made[i], failures[i] = ring.Rotate(t.Context()) })
		}
		wg.Wait()
		for i := range rings {
			require.NoError(t, failures[i])
			require.Equal(t, made[0], made[i])
			require.Equal(t, round+2, made[i].Number)
		}
		pass(t, at, plan.Lead, rings...)
	}
}

func TestKeysFollowEachOtherBySchedule(t *testing.T) {
	t.Parallel()
	stores, at, sealer := openStores(t), &clock{now: time.Now()}, newSealer(t, "secret", "")
	ring, other := openRing(t, stores.Keys, sealer, at.Now), openRing(t, stores.Keys, sealer, at.Now)
	first := current(t, ring)

	at.pass(plan.Lifetime - plan.Lead - time.Minute)
	pass(t, at, 30*time.Second, ring, other)
	require.Len(t, ring.Public(), 1)
	pass(t, at, time.Minute, ring, other)
	require.Len(t, ring.Public(), 2)
	require.Equal(t, first, current(t, ring))
	pass(t, at, plan.Lead, ring, other)
	second := current(t, ring)
	require.NotEqual(t, first, second)
	require.Equal(t, second, current(t, other))
	require.WithinDuration(t, at.Now(), ring.Newest().SignsFrom, 2*time.Minute)

	at.pass(plan.Lifetime)
	require.NoError(t, ring.Tend(t.Context()))
	require.Equal(t, second, current(t, ring), "it goes on until there is another, however late")
	pass(t, at, plan.Lead, ring)
	require.Equal(t, 3, ring.Newest().Number)
	require.Equal(t, ring.Newest().ID, current(t, ring))
}

func TestNoScheduleMakesNoKeys(t *testing.T) {
	t.Parallel()
	stores, at := openStores(t), &clock{now: time.Now()}
	ring, err := auth.OpenKeyring(t.Context(), stores.Keys, newSealer(t, "secret", ""), auth.KeyPlan{Lead: time.Minute}, at.Now, uuid.NewString)
	require.NoError(t, err)
	at.pass(1000 * 24 * time.Hour)

	require.NoError(t, ring.Tend(t.Context()))

	require.Len(t, ring.Public(), 1)
}

func TestOthersLookForKeysLongBeforeTheySign(t *testing.T) {
	t.Parallel()
	for lead, want := range map[time.Duration]time.Duration{
		time.Hour: time.Minute, 5 * time.Minute: time.Minute, time.Minute: 12 * time.Second, time.Second: time.Second,
	} {
		require.Equal(t, want, auth.KeyPlan{Lead: lead}.MaxAge(), lead)
	}
}
