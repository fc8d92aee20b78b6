package coherent_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/memoryl2"
	"stockroom/pkg/commitlog"
)

var errAway = errors.New("away")

// wire is the way to a second level, on which a test may interfere.
type wire struct {
	coherent.SecondLevel
	cut    bool                  // every call fails
	before func(call string)     // called before each call
	onGet  func(*coherent.Found) // called with each answer
}

func (w *wire) use(call string) error {
	if w.before != nil {
		w.before(call)
	}
	if w.cut {
		return errAway
	}
	return nil
}

func (w *wire) Get(ctx context.Context, c coherent.Claim, need int64, lease time.Duration) (coherent.Found, error) {
	if err := w.use("get"); err != nil {
		return coherent.Found{}, err
	}
	found, err := w.SecondLevel.Get(ctx, c, need, lease)
	if w.onGet != nil {
		w.onGet(&found)
	}
	return found, err
}

func (w *wire) Fill(ctx context.Context, c coherent.Claim, e coherent.Entry, ttl time.Duration) (bool, error) {
	if err := w.use("fill"); err != nil {
		return false, err
	}
	return w.SecondLevel.Fill(ctx, c, e, ttl)
}

func (w *wire) Apply(ctx context.Context, ev commitlog.Event) (int64, error) {
	if err := w.use("apply"); err != nil {
		return 0, err
	}
	return w.SecondLevel.Apply(ctx, ev)
}

func (w *wire) Begin(ctx context.Context, head commitlog.Head) error {
	if err := w.use("begin"); err != nil {
		return err
	}
	return w.SecondLevel.Begin(ctx, head)
}

func (w *wire) Reset(ctx context.Context, head commitlog.Head) error {
	if err := w.use("reset"); err != nil {
		return err
	}
	return w.SecondLevel.Reset(ctx, head)
}

// two returns two replicas of one database that share a second level.
func two(t *testing.T) (first, second *world, shared *memoryl2.Store) {
	t.Helper()
	shared = memoryl2.New(clock)
	first = newWorld(t, shared)
	return first, replica(t, first.db, shared), shared
}

// both applies a new write on all replicas.
func both(first, second *world, ids ...string) {
	first.t.Helper()
	second.apply(first.write(ids...))
}

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

func TestSecondLevelThatIsBehindIsNotBelieved(t *testing.T) {
	t.Parallel()
	way := &wire{SecondLevel: memoryl2.New(clock)}
	w := newWorld(t, way)
	w.write("a")
	w.write("b")
	w.read(itemA)
	w.read(coherent.Item("b"))

	way.cut = true
	w.write("a")
	way.cut = false

	require.Equal(t, "a@3", w.read(itemA))
	other := replica(t, w.db, way)
	_, origin := other.readFrom(coherent.Item("b"), 0)
	require.Equal(t, coherent.FromL2, origin, "what it missed was applied, the rest kept")
}

func TestGapIsClosedByTheNextEvent(t *testing.T) {
	t.Parallel()
	way := &wire{SecondLevel: memoryl2.New(clock)}
	w := newWorld(t, way)
	w.write("a", "b")
	w.read(itemA)
	w.read(coherent.Item("b"))
	way.cut = true
	w.write("a")
	way.cut = false
	w.write("c")

	other := replica(t, w.db, way)
	require.Equal(t, "a@2", other.read(itemA))
	_, origin := other.readFrom(coherent.Item("b"), 0)
	require.Equal(t, coherent.FromL2, origin)
}

func TestSecondLevelThatIsFarBehindForgetsEverything(t *testing.T) {
	t.Parallel()

	for name, miss := range map[string]func(*world){
		"ManyEvents": func(w *world) {
			for range 300 {
				w.write("a")
			}
		},
		"ALargeEvent": func(w *world) {
			ids := make([]string, 0, commitlog.MaxIDs+1)
			for i := range commitlog.MaxIDs {
				ids = append(ids, fmt.Sprint(i))
			}
			w.write(append(ids, "a")...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			way := &wire{SecondLevel: memoryl2.New(clock)}
			w := newWorld(t, way)
			w.write("a")
			w.read(itemA)
			way.cut = true
			miss(w)
			way.cut = false

			text, origin := w.readFrom(itemA, 0)
			require.Equal(t, fmt.Sprintf("a@%d", w.db.head().Seq), text)
			require.Equal(t, coherent.FromDB, origin)
			w.read(coherent.Item("b"))
			w.read(listA)
			_, origin = replica(t, w.db, way).readFrom(listA, 0)
			require.Equal(t, coherent.FromL2, origin, "it is used again")
		})
	}
}

func TestSecondLevelThatWasRolledBackIsNotBelieved(t *testing.T) {
	t.Parallel()
	first, second, shared := two(t)
	both(first, second, "a")
	first.read(itemA)
	restore := shared.Snapshot()
	both(first, second, "a")
	restore()

	require.Equal(t, "a@2", second.read(itemA))
	restore()
	both(first, second, "b")
	require.Equal(t, "a@2", replica(t, first.db, shared).read(itemA))
}

func TestSecondLevelWithoutItsWatermarkIsNotBelieved(t *testing.T) {
	t.Parallel()
	first, second, shared := two(t)
	both(first, second, "a")
	first.read(itemA)
	shared.LoseWatermark()
	both(first, second, "a")

	require.Equal(t, "a@2", second.read(itemA))
	_, origin := first.readFrom(itemA, 0)
	require.Equal(t, coherent.FromL2, origin)
}

func TestSecondLevelOfAReplacedDatabaseIsNotBelieved(t *testing.T) {
	t.Parallel()

	for name, away := range map[string]bool{"Present": false, "AwayAtTheStart": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			way := &wire{SecondLevel: memoryl2.New(clock)}
			before := newWorld(t, way)
			for range 9 {
				before.write("a")
			}
			before.read(itemA)
			before.read(listA)

			// The same database, restored to an earlier state, and the same epoch.
			old := new(table)
			old.commit("a")
			way.cut = away
			after := replica(t, old, way)
			way.cut = false

			require.Equal(t, "a@1", after.read(itemA))
			require.Equal(t, "list@1", after.read(listA))
			after.write("a")
			require.Equal(t, "a@2", after.read(itemA))
			_, origin := replica(t, old, way).readFrom(itemA, 0)
			require.Equal(t, coherent.FromL2, origin)
		})
	}
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
			require.Equal(t, int64(2), first.cache.Stats().RejectedPuts, "by both levels")
		})
	}
}

func TestLoadFromBeforeTheClaimDoesNotFill(t *testing.T) {
	t.Parallel()
	first, second, _ := two(t)
	both(first, second, "a")
	both(first, second, "a")

	// A copy of the database that is one commit behind.
	_, _, err := first.cache.Get(t.Context(), itemA, 0, func(context.Context) (coherent.Entry, error) {
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
			_, _, _ = first.cache.Get(t.Context(), itemA, 0, load)

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

func TestSecondLevelMayFailAtAnyCall(t *testing.T) {
	t.Parallel()

	for _, failing := range []string{"get", "fill", "apply", "begin", "reset"} {
		t.Run(failing, func(t *testing.T) {
			t.Parallel()
			way := &wire{SecondLevel: memoryl2.New(clock)}
			way.before = func(call string) { way.cut = call == failing }
			first := newWorld(t, way)
			second := replica(t, first.db, way)
			for i := range 3 {
				both(first, second, "a")
				require.Equal(t, fmt.Sprintf("a@%d", i+1), first.read(itemA))
				require.Equal(t, fmt.Sprintf("a@%d", i+1), second.read(itemA))
				require.Equal(t, fmt.Sprintf("list@%d", i+1), second.read(listA))
			}
			way.before, way.cut = nil, false
			first.read(coherent.Item("b"))
			second.read(coherent.Item("c")) // whoever could not begin does so now
			both(first, second, "a")
			first.read(itemA)
			_, origin := second.readFrom(itemA, 0)
			require.Equal(t, coherent.FromL2, origin, "it is used again")
		})
	}
}
