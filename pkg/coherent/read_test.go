package coherent_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/memoryl2"
	"stockroom/pkg/commitlog"
)

func TestCacheThatFollowsNothingReadsTheDatabase(t *testing.T) {
	t.Parallel()
	db := new(table)
	c := coherent.New(coherent.Config{Name: "test", Store: memoryl2.New(clock)})
	t.Cleanup(c.Close)

	for range 2 {
		a, err := c.Get(t.Context(), itemA, 0, db.load(itemA))
		require.NoError(t, err)
		require.Equal(t, coherent.FromDB, a.Origin)
	}
}

// levels runs check on a cache without and with a second level, in a bubble:
// synctest.Wait tells when all readers wait for something.
func levels(t *testing.T, check func(*testing.T, *world)) {
	t.Helper()
	t.Run("OneLevel", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) { check(t, newWorld(t, nil)) })
	})
	t.Run("TwoLevels", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) { check(t, newWorld(t, memoryl2.New(clock))) })
	})
}

func TestWithoutALeaseTheDatabaseAnswers(t *testing.T) {
	t.Parallel()
	levels(t, func(t *testing.T, w *world) {
		w.write("a")
		w.read(itemA)
		w.place.stale.Store(true)
		w.db.commit("a") // nobody hears of it

		text, origin := w.readFrom(itemA, 0)

		require.Equal(t, "a@2", text)
		require.Equal(t, coherent.FromDB, origin)
		require.Equal(t, int64(1), w.cache.Stats().Bypasses)
	})
}

func TestLeaseThatEndsOnTheWayIsNotEnough(t *testing.T) {
	t.Parallel()
	levels(t, func(t *testing.T, w *world) {
		w.write("a")
		w.read(itemA)
		w.db.commit("a")
		w.place.lapse.Store(1) // asked once more it says no

		require.Equal(t, "a@2", w.read(itemA))
	})
}

func TestLeaseThatEndsOnTheWayToTheSecondLevelIsNotEnough(t *testing.T) {
	t.Parallel()
	store := memoryl2.New(clock)
	first := newWorld(t, store)
	first.write("a")
	first.read(itemA)
	second := replica(t, first.db, store)
	second.db.commit("a")
	second.place.lapse.Store(1)

	require.Equal(t, "a@2", second.read(itemA))
}

func TestOwnWriteIsSeenBeforeItIsApplied(t *testing.T) {
	t.Parallel()
	levels(t, func(t *testing.T, w *world) {
		w.write("a")
		w.read(itemA)
		ev := w.db.commit("a")
		w.place.own.Store(ev.Seq)

		text, origin := w.readFrom(itemA, 0)

		require.Equal(t, "a@2", text)
		require.Equal(t, coherent.FromDB, origin)
	})
}

func TestPresentedNumberIsSeen(t *testing.T) {
	t.Parallel()
	levels(t, func(t *testing.T, w *world) {
		w.write("a")
		w.read(itemA)
		ev := w.db.commit("a")

		text, origin := w.readFrom(itemA, ev.Seq)

		require.Equal(t, "a@2", text)
		require.Equal(t, coherent.FromDB, origin)
	})
}

func TestPresentedNumberThatDoesNotExistYetIsIgnored(t *testing.T) {
	t.Parallel()
	levels(t, func(t *testing.T, w *world) {
		w.write("a")

		text, _ := w.readFrom(itemA, 1<<62)

		require.Equal(t, "a@1", text)
		require.Equal(t, int64(1), w.cache.Stats().Loads)
	})
}

func TestReaderWaitsForTheEventItMustSee(t *testing.T) {
	t.Parallel()
	levels(t, func(t *testing.T, w *world) {
		w.write("a")
		ev := w.db.commit("a")
		w.place.own.Store(ev.Seq)
		second := w.begin(itemA, w.db.load(itemA))
		synctest.Wait()
		require.Zero(t, w.cache.Stats().Loads)

		w.apply(ev)

		require.Equal(t, "a@2", <-second)
		require.Zero(t, w.cache.Stats().Bypasses)
	})
}

func TestListsUnchanged(t *testing.T) {
	t.Parallel()
	levels(t, func(t *testing.T, w *world) {
		w.write("a")
		at := w.place.Applied()
		is := func(at commitlog.Head, least int64) bool { return w.cache.ListsUnchanged(t.Context(), at, least) }

		require.True(t, is(at, at.Seq))
		require.False(t, is(commitlog.Head{Epoch: at.Epoch, Seq: at.Seq - 1}, 0), "a list has changed since")
		require.False(t, is(commitlog.Head{Epoch: at.Epoch, Seq: at.Seq + 1}, 0), "nobody knows of that commit")
		require.False(t, is(commitlog.Head{Epoch: at.Epoch + 1, Seq: at.Seq}, 0))
		require.False(t, is(at, at.Seq+1), "the reader knows of a commit that is not applied")
		w.place.stale.Store(true)
		require.False(t, is(at, 0), "nothing is proven")
		w.place.stale.Store(false)
		w.write("b")
		require.False(t, is(at, 0))
	})
}
