package coherent_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
	"stockroom/pkg/commitlog"
)

func TestResetForgetsEverything(t *testing.T) {
	t.Parallel()

	for name, head := range map[string]commitlog.Head{
		"Forward":          {Epoch: 1, Seq: 10},
		"AnotherEpoch":     {Epoch: 2, Seq: 10},
		"SmallerNumbers":   {Epoch: 2, Seq: 1},
		"WithoutAnEpoch":   {Epoch: 1, Seq: 1},
		"TheVeryBeginning": {Epoch: 2},
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
		a, err := w.cache.Get(t.Context(), itemA, 0, old)
		require.NoError(t, err)
		require.Equal(t, coherent.FromDB, a.Origin)
	}
}

func TestAnswerOfTheEpochBeforeIsNotKept(t *testing.T) {
	t.Parallel()
	late, early, _ := two(t)
	both(late, early, "a")
	head := commitlog.Head{Epoch: 2}

	// One replica resets, but does not say so yet; the other one has not heard
	// of the epoch and takes the shared level back to the one before.
	require.NoError(t, early.cache.Reset(t.Context(), head))
	late.read(coherent.Item("b"))
	late.read(itemA)
	restored := func(context.Context) (coherent.Entry, error) {
		return coherent.Entry{Body: []byte("restored")}, nil
	}
	_, err := early.cache.Get(t.Context(), itemA, 0, restored)
	require.NoError(t, err)
	early.place.set(head)

	e, err := early.cache.Get(t.Context(), itemA, 0, restored)
	require.NoError(t, err)
	require.Equal(t, "restored", string(e.Body))
}
