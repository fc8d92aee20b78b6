package coherent_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
	"stockroom/pkg/commitlog"
)

func TestSecondReadIsAnsweredByTheFirstLevel(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)

	w.write("a")
	require.Equal(t, "a@1", w.read(coherent.Item("a")))
	require.Equal(t, "a@1", w.read(coherent.Item("a")))

	require.Equal(t, int64(1), w.cache.Stats().Loads)
	require.Equal(t, int64(1), w.cache.Stats().L1Hits)
}

func TestWriteIsSeenOnceApplied(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)

	w.write("a")
	require.Equal(t, "a@1", w.read(coherent.Item("a")))
	require.Equal(t, "list@1", w.read(coherent.List("page=1")))
	w.write("a")
	require.Equal(t, "a@2", w.read(coherent.Item("a")))
	require.Equal(t, "list@2", w.read(coherent.List("page=1")))
}

func TestUnfollowedCacheReadsTheDatabase(t *testing.T) {
	t.Parallel()
	c := coherent.New(coherent.Config{Name: "test"})
	t.Cleanup(c.Close)

	for range 2 {
		_, origin, err := c.Get(t.Context(), coherent.Item("a"), 0, func(context.Context) (coherent.Entry, error) {
			return coherent.Entry{AsOf: 1, Body: []byte("x")}, nil
		})
		require.NoError(t, err)
		require.Equal(t, coherent.FromDB, origin)
	}
}

func TestEventOfAnotherEpochResets(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.write("a")
	require.Equal(t, "a@1", w.read(coherent.Item("a")))

	require.NoError(t, w.cache.Apply(t.Context(), commitlog.Event{Epoch: 2, Seq: 1}))
	w.place.set(commitlog.Head{Epoch: 2, Seq: 1})

	require.Equal(t, "a@1", w.read(coherent.Item("a")))
	require.Equal(t, int64(2), w.cache.Stats().Loads)
}
