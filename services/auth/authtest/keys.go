package authtest

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

func key(number int) auth.Key {
	return auth.Key{Number: number, ID: ID(), Public: []byte("public " + ID()), Sealed: []byte{0, 255, 1}, CreatedAt: now(), SignsFrom: now().Add(time.Minute)}
}

func keysAreListedByNumber(t *testing.T, s Stores) {
	none, err := s.Keys.Keys(t.Context())
	require.NoError(t, err)
	require.Empty(t, none)
	first, second := key(1), key(2)
	require.NoError(t, s.Keys.Add(t.Context(), second))
	require.NoError(t, s.Keys.Add(t.Context(), first))

	got, err := s.Keys.Keys(t.Context())

	require.NoError(t, err)
	require.Equal(t, []auth.Key{first, second}, got)
}

func takenNumberIsRefused(t *testing.T, s Stores) {
	first := key(1)
	require.NoError(t, s.Keys.Add(t.Context(), first))

	require.ErrorIs(t, s.Keys.Add(t.Context(), key(1)), auth.ErrKeyTaken)

	got, err := s.Keys.Keys(t.Context())
	require.NoError(t, err)
	require.Equal(t, []auth.Key{first}, got)
}

func oneOfManyConcurrentFirstKeysWins(t *testing.T, s Stores) {
	failures := make([]error, 8)
	var wg sync.WaitGroup
	for i := range failures {
		wg.Go(func() { failures[i] = s.Keys.Add(t.Context(), key(1)) })
	}
	wg.Wait()

	won := 0
	for _, err := range failures {
		if err == nil {
			won++
			continue
		}
		require.ErrorIs(t, err, auth.ErrKeyTaken)
	}
	require.Equal(t, 1, won)
}

func resealReplacesOnlyTheOldSeal(t *testing.T, s Stores) {
	one, two := key(1), key(2)
	require.NoError(t, s.Keys.Add(t.Context(), one))
	require.NoError(t, s.Keys.Add(t.Context(), two))
	keys := func() []auth.Key {
		all, err := s.Keys.Keys(t.Context())
		require.NoError(t, err)
		return all
	}
	require.Equal(t, []auth.Key{one, two}, keys())

	require.NoError(t, s.Keys.Reseal(t.Context(), 1, one.Sealed, []byte("another")))
	require.NoError(t, s.Keys.Reseal(t.Context(), 1, one.Sealed, []byte("too late")))
	require.NoError(t, s.Keys.Reseal(t.Context(), 3, one.Sealed, []byte("nobody")))

	one.Sealed = []byte("another")
	require.Equal(t, []auth.Key{one, two}, keys())
}

func removedKeyIsGone(t *testing.T, s Stores) {
	one, two := key(1), key(2)
	require.NoError(t, s.Keys.Add(t.Context(), one))
	require.NoError(t, s.Keys.Add(t.Context(), two))

	require.NoError(t, s.Keys.Remove(t.Context(), 1))
	require.NoError(t, s.Keys.Remove(t.Context(), 1), "once more does nothing")

	left, err := s.Keys.Keys(t.Context())
	require.NoError(t, err)
	require.Equal(t, []auth.Key{two}, left)
}
