package coherent_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/memoryl2"
)

func TestReplicasShareWhatOneHasLoaded(t *testing.T) {
	t.Parallel()
	first, second, _ := two(t)
	both(first, second, "a")

	for _, key := range []coherent.Key{itemA, listA} {
		_, origin := first.readFrom(key, 0)
		require.Equal(t, coherent.FromDB, origin)
		text, origin := second.readFrom(key, 0)
		require.Equal(t, coherent.FromL2, origin)
		require.Contains(t, text, "@1")
		_, origin = second.readFrom(key, 0)
		require.Equal(t, coherent.FromL1, origin)
	}
	both(first, second, "a")
	require.Equal(t, "a@2", second.read(itemA))
	require.Equal(t, "list@2", second.read(listA))
}

func TestValueThatIsOldButRightIsKeptInMemory(t *testing.T) {
	t.Parallel()
	first, second, _ := two(t)
	both(first, second, "a")
	first.read(itemA)
	for i := range 10_000 { // on every stripe something has changed since
		both(first, second, fmt.Sprint(i))
	}

	_, origin := second.readFrom(itemA, 0)
	require.Equal(t, coherent.FromL2, origin)
	_, origin = second.readFrom(itemA, 0)
	require.Equal(t, coherent.FromL1, origin)
}

func TestFillOvertakenByAWriteIsRefused(t *testing.T) {
	t.Parallel()

	for _, key := range []coherent.Key{itemA, listA} {
		t.Run(key.String(), func(t *testing.T) {
			t.Parallel()
			first, second, _ := two(t)
			both(first, second, "a")
			slow := first.db.slow(key)
			found := first.begin(key, slow.load)
			<-slow.started

			both(first, second, "a")
			close(slow.open)

			require.Contains(t, <-found, "@1")
			require.Contains(t, second.read(key), "@2")
			require.Equal(t, int64(1), first.cache.Stats().L1Rejected)
			require.Equal(t, int64(1), first.cache.Stats().L2Rejected)
		})
	}
}

func TestLoadFromBeforeTheClaimDoesNotFill(t *testing.T) {
	t.Parallel()
	first, second, _ := two(t)
	both(first, second, "a")
	both(first, second, "a")

	// A copy of the database that is one commit behind.
	_, err := first.cache.Get(t.Context(), itemA, 0, func(context.Context) (coherent.Entry, error) {
		return coherent.Entry{AsOf: 1, Version: 1, Body: []byte("a@1")}, nil
	})
	require.NoError(t, err)

	require.Equal(t, "a@2", second.read(itemA))
	require.Equal(t, "a@2", first.read(itemA))
}

func TestAnswerOvertakenByAWriteIsNotKept(t *testing.T) {
	t.Parallel()

	for _, key := range []coherent.Key{itemA, listA} {
		t.Run(key.String(), func(t *testing.T) {
			t.Parallel()
			way := &wire{SecondLevel: memoryl2.New(clock)}
			first := newWorld(t, way)
			second := replica(t, first.db, way)
			both(first, second, "a")
			first.read(key)
			way.onGet = func(found *coherent.Found) {
				way.onGet = nil
				require.Equal(t, coherent.Hit, found.State)
				both(first, second, "a") // while the answer is on its way
			}

			second.read(key)

			require.Contains(t, second.read(key), "@2")
		})
	}
}

func TestNewerValueInMemoryIsNotReplaced(t *testing.T) {
	t.Parallel()
	way := &wire{SecondLevel: memoryl2.New(clock)}
	first := newWorld(t, way)
	second := replica(t, first.db, way)
	both(first, second, "a")
	first.read(itemA)
	way.onGet = func(*coherent.Found) {
		way.onGet = nil
		ev := first.db.commit("a") // not applied yet
		text, _ := second.readFrom(itemA, ev.Seq)
		require.Equal(t, "a@2", text)
	}

	second.read(itemA)

	text, origin := second.readFrom(itemA, 0)
	require.Equal(t, "a@2", text)
	require.Equal(t, coherent.FromL1, origin)
}

func TestClaimIsGivenBackWhenNothingIsFilled(t *testing.T) {
	t.Parallel()

	for name, load := range map[string]coherent.Load{
		"Absent": func(context.Context) (coherent.Entry, error) { return coherent.Entry{AsOf: 1, Absent: true}, nil },
		"Failed": func(context.Context) (coherent.Entry, error) { return coherent.Entry{}, errDisk },
		"Huge": func(context.Context) (coherent.Entry, error) {
			return coherent.Entry{AsOf: 1, Body: bytes.Repeat([]byte("x"), 256<<10+1)}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, second, shared := two(t)
			both(first, second, "b")
			_, _ = first.cache.Get(t.Context(), itemA, 0, load)

			claim := coherent.Claim{Key: itemA, Epoch: 1, Token: "next"}
			found, err := shared.Get(t.Context(), claim, 1, time.Minute)
			require.NoError(t, err)
			require.Equal(t, coherent.Claimed, found.State)
		})
	}
}

func TestReaderWaitsForTheLoadOfAnotherReplica(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		first, second, _ := two(t)
		both(first, second, "a")
		slow := first.db.slow(itemA)
		loading := first.begin(itemA, slow.load)
		<-slow.started
		waiting := second.begin(itemA, second.db.load(itemA))
		synctest.Wait()

		close(slow.open)

		require.Equal(t, "a@1", <-loading)
		require.Equal(t, "a@1", <-waiting)
		require.Zero(t, second.cache.Stats().Loads)
	})
}

func TestReaderDoesNotWaitForLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		first, second, _ := two(t)
		both(first, second, "a")
		slow := first.db.slow(itemA)
		loading := first.begin(itemA, slow.load)
		<-slow.started
		start := time.Now()

		require.Equal(t, "a@1", second.read(itemA))

		require.LessOrEqual(t, time.Since(start), 100*time.Millisecond, "on the clock of the bubble")
		close(slow.open)
		<-loading
	})
}
