package coherent_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
	"stockroom/pkg/commitlog"
)

var (
	itemA = coherent.Item("a")
	listA = coherent.List("a")
)

func TestSecondReadIsAnsweredFromMemory(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.write("a")

	for _, key := range []coherent.Key{itemA, listA} {
		_, origin := w.readFrom(key, 0)
		require.Equal(t, coherent.FromDB, origin)
		_, origin = w.readFrom(key, 0)
		require.Equal(t, coherent.FromL1, origin)
	}
	require.Equal(t, coherent.Stats{L1Hits: 2, Loads: 2}, w.cache.Stats())
}

func TestAppliedWriteIsSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)

	for i := range 3 {
		w.write("a")
		require.Equal(t, fmt.Sprintf("a@%d", i+1), w.read(itemA))
		require.Equal(t, fmt.Sprintf("list@%d", i+1), w.read(listA))
	}
}

func TestEventDropsOnlyWhatItNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.write("a", "b")
	w.read(itemA)
	w.read(coherent.Item("b"))

	w.write("a")

	_, origin := w.readFrom(itemA, 0)
	require.Equal(t, coherent.FromDB, origin)
	_, origin = w.readFrom(coherent.Item("b"), 0)
	require.Equal(t, coherent.FromL1, origin)
}

func TestListOutlivesEventsThatChangeNoList(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.write("a")
	w.read(listA)

	require.NoError(t, w.cache.Apply(t.Context(), commitlog.Event{Epoch: 1, Seq: 2, IDs: []string{"a"}}))

	_, origin := w.readFrom(listA, 0)
	require.Equal(t, coherent.FromL1, origin)
}

func TestAbsenceIsKeptUntilTheItemIsMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)

	for range 2 {
		require.Equal(t, "absent", w.read(itemA))
	}
	require.Equal(t, int64(1), w.cache.Stats().L1Hits)
	w.write("a")
	require.Equal(t, "a@1", w.read(itemA))
	require.Equal(t, "a@1", w.read(itemA))
}

func TestReadOvertakenByAWriteIsNotKept(t *testing.T) {
	t.Parallel()

	for name, overtake := range map[string]func(*world){
		"Applied":   func(w *world) { w.write("a") },
		"SeenEarly": func(w *world) { w.cache.Forget(w.db.commit("a")) },
	} {
		for _, key := range []coherent.Key{itemA, listA} {
			t.Run(name+key.String(), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, nil)
				w.write("a")
				slow := w.db.slow(key)
				found := w.begin(key, slow.load)
				<-slow.started

				overtake(w)
				close(slow.open)

				require.Contains(t, <-found, "@1", "the reader came before the write")
				require.Contains(t, w.read(key), "@2")
				require.Equal(t, int64(1), w.cache.Stats().L1Rejected)
			})
		}
	}
}

func TestEventSeenEarlyDropsValues(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.write("a")
	w.read(itemA)
	w.read(listA)

	w.cache.Forget(w.db.commit("a"))

	require.Equal(t, "a@2", w.read(itemA))
	require.Equal(t, "list@2", w.read(listA))
}

func TestOversizedValueIsNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	huge := func(context.Context) (coherent.Entry, error) {
		return coherent.Entry{Body: bytes.Repeat([]byte("x"), 256<<10+1)}, nil
	}

	for range 2 {
		a, err := w.cache.Get(t.Context(), itemA, 0, huge)
		require.NoError(t, err)
		require.Len(t, a.Body, 256<<10+1)
		require.Equal(t, coherent.FromDB, a.Origin)
	}
}

func TestItemAndListOfOneTextAreTwoValues(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.write("a")

	require.Equal(t, "a@1", w.read(itemA))
	require.Equal(t, "list@1", w.read(listA))
	require.NotEqual(t, itemA.String(), listA.String())
}

func TestAbsenceThatIsNewerReplacesAValue(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.write("a")
	w.read(itemA)
	ev := w.db.commit("a") // deletes it, and is not applied yet
	gone := func(context.Context) (coherent.Entry, error) {
		return coherent.Entry{AsOf: ev.Seq, Absent: true}, nil
	}

	_, err := w.cache.Get(t.Context(), itemA, ev.Seq, gone)
	require.NoError(t, err)

	require.Equal(t, "absent", w.read(itemA))
}
