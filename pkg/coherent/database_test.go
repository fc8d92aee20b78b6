package coherent_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
	"stockroom/pkg/commitlog"
	"stockroom/pkg/errs"
)

var errDisk = errors.New("disk")

func TestReadersOfOneKeyShareALoad(t *testing.T) {
	t.Parallel()
	levels(t, func(t *testing.T, w *world) {
		w.write("a")
		slow := w.db.slow(itemA)
		first := w.begin(itemA, slow.load)
		<-slow.started
		var others []<-chan string
		for range 10 {
			others = append(others, w.begin(itemA, func(context.Context) (coherent.Entry, error) {
				return coherent.Entry{}, errDisk // nobody calls it
			}))
		}
		synctest.Wait()

		close(slow.open)

		require.Equal(t, "a@1", <-first)
		for _, found := range others {
			require.Equal(t, "a@1", <-found)
		}
		require.Equal(t, int64(1), w.cache.Stats().Loads)
	})
}

func TestLoadFromBeforeAWriteIsNotShared(t *testing.T) {
	t.Parallel()

	for name, write := range map[string]func(*world){
		"Applied": func(w *world) { w.write("a") },
		"OwnButNotApplied": func(w *world) {
			w.place.own.Store(w.db.commit("a").Seq)
		},
		"WithoutALease": func(w *world) {
			w.db.commit("a")
			w.place.stale.Store(true)
		},
		"InANewEpoch": func(w *world) {
			head := commitlog.Head{Epoch: 2}
			_ = w.cache.Reset(context.Background(), head)
			w.place.set(head)
			w.db.commit("a")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			levels(t, func(t *testing.T, w *world) {
				w.write("a")
				slow := w.db.slow(itemA)
				first := w.begin(itemA, slow.load)
				<-slow.started

				write(w)
				second := w.begin(itemA, w.db.load(itemA))
				synctest.Wait()
				close(slow.open)

				require.Equal(t, "a@1", <-first)
				require.Equal(t, "a@2", <-second)
			})
		})
	}
}

func TestReaderThatGivesUpDoesNotFailTheOthers(t *testing.T) {
	t.Parallel()
	levels(t, func(t *testing.T, w *world) {
		w.write("a")
		ctx, giveUp := context.WithCancel(t.Context())
		started, open := make(chan struct{}), make(chan struct{})
		var first sync.WaitGroup
		first.Go(func() {
			_, _ = w.cache.Get(ctx, itemA, 0, func(ctx context.Context) (coherent.Entry, error) {
				close(started)
				<-open
				return w.db.entry(itemA), ctx.Err()
			})
		})
		<-started
		second := w.begin(itemA, w.db.load(itemA))
		synctest.Wait()

		giveUp()
		close(open)

		require.Equal(t, "a@1", <-second)
		first.Wait()
		require.Equal(t, int64(1), w.cache.Stats().Loads)
	})
}

func TestReaderThatGivesUpDoesNotWait(t *testing.T) {
	t.Parallel()
	levels(t, func(t *testing.T, w *world) {
		slow := w.db.slow(itemA)
		first := w.begin(itemA, slow.load)
		<-slow.started
		ctx, giveUp := context.WithCancel(t.Context())
		giveUp()

		_, err := w.cache.Get(ctx, itemA, 0, w.db.load(itemA))

		require.ErrorIs(t, err, context.Canceled)
		close(slow.open)
		<-first
	})
}

func TestFailureIsReturnedAndNotKept(t *testing.T) {
	t.Parallel()
	levels(t, func(t *testing.T, w *world) {
		w.write("a")

		_, err := w.cache.Get(t.Context(), itemA, 0, func(context.Context) (coherent.Entry, error) {
			return coherent.Entry{}, errDisk
		})

		require.ErrorIs(t, err, errDisk)
		require.Equal(t, "a@1", w.read(itemA))
	})
}

func TestPanicOfALoadLeavesNobodyWaiting(t *testing.T) {
	t.Parallel()
	levels(t, func(t *testing.T, w *world) {
		w.write("a")
		started, open := make(chan struct{}), make(chan struct{})
		panicked := make(chan any)
		go func() {
			defer func() { panicked <- recover() }()
			_, _ = w.cache.Get(context.Background(), itemA, 0, func(context.Context) (coherent.Entry, error) {
				close(started)
				<-open
				panic("load")
			})
		}()
		<-started
		second := w.begin(itemA, w.db.load(itemA))
		synctest.Wait()
		close(open)

		require.Equal(t, "load", <-panicked)
		<-second // fails, or reads by itself
		require.Equal(t, "a@1", w.read(itemA))
	})
}

func TestTooManyLoadsAreRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, tooManyLoads)
}

func tooManyLoads(t *testing.T) {
	w := newWorld(t, nil)
	var gates []gate
	var found []<-chan string
	for i := range 32 {
		key := coherent.Item(fmt.Sprint(i))
		slow := w.db.slow(key)
		gates, found = append(gates, slow), append(found, w.begin(key, slow.load))
		<-slow.started
	}

	_, err := w.cache.Get(t.Context(), itemA, 0, w.db.load(itemA))

	require.ErrorIs(t, err, coherent.ErrOverloaded)
	failure, ok := errors.AsType[*errs.Error](err)
	require.True(t, ok)
	require.Equal(t, errs.Unavailable, failure.Kind)
	require.Positive(t, failure.RetryIn)
	for i := range gates {
		close(gates[i].open)
		<-found[i]
	}
	require.Equal(t, "absent", w.read(itemA))
}

func TestLoadHasADeadline(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)

	_, err := w.cache.Get(context.Background(), itemA, 0, func(ctx context.Context) (coherent.Entry, error) {
		_, ok := ctx.Deadline()
		require.True(t, ok)
		return coherent.Entry{}, nil
	})

	require.NoError(t, err)
}
