package coherent_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
)

func TestPeekSaysWhatAReaderWouldGet(t *testing.T) {
	t.Parallel()

	w, _, _ := two(t)
	for _, key := range []coherent.Key{itemA, listA} {
		w.write("a")
		require.Equal(t, "missing", w.cache.Peek(t.Context(), key).L1.State)
		w.read(key)
		value := w.db.entry(key)

		at := w.cache.Peek(t.Context(), key)

		require.Equal(t, w.place.Applied(), at.Applied)
		require.True(t, at.Fresh)
		for _, level := range []coherent.Held{at.L1, at.L2} {
			require.True(t, level.Served)
			require.Equal(t, at.Applied.Seq, level.Watermark)
			require.GreaterOrEqual(t, level.AsOf, at.Applied.Seq)
			require.True(t, level.Equals(value), "%+v", level)
			changed := value
			changed.Body = []byte("another")
			require.False(t, level.Equals(changed))
			changed = value
			changed.Version++
			require.False(t, level.Equals(changed))
			require.False(t, level.Equals(coherent.Entry{AsOf: value.AsOf, Absent: true}))
		}
	}
}

func TestPeekChangesNothing(t *testing.T) {
	t.Parallel()

	w, _, _ := two(t)
	w.write("a")
	before := w.cache.Stats()
	for range 3 {
		at := w.cache.Peek(t.Context(), itemA)
		require.Equal(t, "missing", at.L1.State)
		require.Equal(t, "missing", at.L2.State)
	}
	require.Equal(t, before, w.cache.Stats())
	require.Empty(t, w.cache.Hits(10))
	_, origin := w.readFrom(itemA, 0)
	require.Equal(t, coherent.FromDB, origin)
	require.Equal(t, "hit", w.cache.Peek(t.Context(), itemA).L2.State, "the claim was free")
}

func TestPeekServesNothingWithoutALease(t *testing.T) {
	t.Parallel()

	w, _, _ := two(t)
	w.write("a")
	w.read(itemA)
	w.place.stale.Store(true)

	at := w.cache.Peek(t.Context(), itemA)

	require.False(t, at.Fresh)
	require.Equal(t, "hit", at.L1.State)
	require.False(t, at.L1.Served)
	require.False(t, at.L2.Served)
}

func TestPeekServesNothingThatIsBehind(t *testing.T) {
	t.Parallel()

	first, _, shared := two(t)
	first.write("a")
	rollBack := shared.Snapshot()
	first.write("b")
	first.read(itemA)
	rollBack()

	at := first.cache.Peek(t.Context(), itemA)

	require.True(t, at.L1.Served)
	require.False(t, at.L2.Served)
	require.Less(t, at.L2.Watermark, at.Applied.Seq)
}

func TestPeekSeesAbsence(t *testing.T) {
	t.Parallel()

	w, _, _ := two(t)
	none := coherent.Item("none")
	w.read(none)

	at := w.cache.Peek(t.Context(), none)

	require.True(t, at.L1.Served)
	require.True(t, at.L1.Absent)
	require.True(t, at.L1.Equals(w.db.entry(none)))
	require.Equal(t, "missing", at.L2.State, "made-up ids are not shared")
}

func TestHitsAreASampleOfWhatWasAnswered(t *testing.T) {
	t.Parallel()

	w, _, _ := two(t)
	w.write("a")
	w.read(itemA)
	require.Empty(t, w.cache.Hits(10), "that was no hit")
	for range 1000 {
		w.read(itemA)
	}
	keys := w.cache.Hits(10)
	require.Len(t, keys, 10)
	require.Equal(t, itemA, keys[0])
	require.Less(t, len(w.cache.Hits(10_000)), 500, "nobody took them in time")
	require.Empty(t, w.cache.Hits(10))
}

func TestKeysAreRead(t *testing.T) {
	t.Parallel()

	for _, key := range []coherent.Key{itemA, listA, coherent.List(""), coherent.Item("q:x")} {
		parsed, ok := coherent.ParseKey(key.String())
		require.True(t, ok)
		require.Equal(t, key, parsed)
	}
	for _, text := range []string{"", "p", "x:a", "P:a"} {
		_, ok := coherent.ParseKey(text)
		require.False(t, ok, text)
	}
}
