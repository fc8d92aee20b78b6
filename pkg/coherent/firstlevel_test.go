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
	require.Equal(t, coherent.Stats{L1Hits: 2, Loads: 2, Resets: 1}, w.cache.Stats())
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
				require.Equal(t, int64(1), w.cache.Stats().RejectedPuts)
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

func TestResetForgetsEverything(t *testing.T) {
	t.Parallel()

	for name, head := range map[string]commitlog.Head{
		"Forward":         {Epoch: 1, Seq: 10},
		"AnotherEpoch":    {Epoch: 2, Seq: 10},
		"SmallerNumbers":  {Epoch: 2, Seq: 1},
		"WithoutAnEpoch":  {Epoch: 1, Seq: 1},
		"TheVeryBegining": {Epoch: 2},
	} {
		for _, key := range []coherent.Key{itemA, listA, coherent.Item("none")} {
			t.Run(name+key.String(), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, nil)
				for range 5 {
					w.write("a")
				}
				w.read(key)
				slow := w.db.slow(coherent.Item("b"))
				found := w.begin(coherent.Item("b"), slow.load)
				<-slow.started

				require.NoError(t, w.cache.Reset(t.Context(), head))
				w.place.set(head)
				close(slow.open)
				<-found

				_, origin := w.readFrom(key, 0)
				require.Equal(t, coherent.FromDB, origin)
				_, origin = w.readFrom(coherent.Item("b"), 0)
				require.Equal(t, coherent.FromDB, origin, "a read from before the reset is not kept")
			})
		}
	}
}

func TestEventOfAnotherEpochIsAReset(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.write("a")
	w.read(itemA)

	w.apply(commitlog.Event{Epoch: 2, Seq: 1})

	_, origin := w.readFrom(itemA, 0)
	require.Equal(t, coherent.FromDB, origin)
}

func TestNothingIsServedWhileAResetIsUnderWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.write("a")

	require.NoError(t, w.cache.Reset(t.Context(), commitlog.Head{Epoch: 2, Seq: 1}))

	for range 2 { // the position still says epoch 1
		_, origin := w.readFrom(itemA, 0)
		require.Equal(t, coherent.FromDB, origin)
	}
}

func TestReadFromBeforeAJumpIsNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.write("a")
	ahead := commitlog.Head{Epoch: 1, Seq: 9}
	require.NoError(t, w.cache.Reset(t.Context(), ahead))

	// The read begins after the jump, but what it reads is from before.
	old := func(context.Context) (coherent.Entry, error) { return coherent.Entry{AsOf: 8}, nil }
	for range 2 {
		_, origin, err := w.cache.Get(t.Context(), itemA, 0, old)
		require.NoError(t, err)
		require.Equal(t, coherent.FromDB, origin)
	}
}

func TestOversizedValueIsNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	huge := func(context.Context) (coherent.Entry, error) {
		return coherent.Entry{Body: bytes.Repeat([]byte("x"), 256<<10+1)}, nil
	}

	for range 2 {
		e, origin, err := w.cache.Get(t.Context(), itemA, 0, huge)
		require.NoError(t, err)
		require.Len(t, e.Body, 256<<10+1)
		require.Equal(t, coherent.FromDB, origin)
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
