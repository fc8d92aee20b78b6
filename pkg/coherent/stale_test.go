package coherent_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/memoryl2"
	"stockroom/pkg/commitlog"
	"stockroom/pkg/errs"
)

// gone is the load of a database that is away.
func gone(context.Context) (coherent.Entry, error) {
	return coherent.Entry{}, errs.ErrUnavailable.After(time.Second)
}

// lose takes the database away for as long as age says.
func (w *world) lose(age time.Duration) {
	time.Sleep(age)
	w.place.stale.Store(true)
	w.place.age.Store(int64(age))
}

func (w *world) ask(key coherent.Key, least int64, load coherent.Load) (coherent.Answer, error) {
	return w.cache.Get(w.t.Context(), key, least, load)
}

func TestKnownAnswerIsLabelledWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	levels(t, func(t *testing.T, w *world) {
		w.write("a")
		for _, key := range []coherent.Key{itemA, listA, coherent.Item("none")} {
			w.read(key)
		}
		w.apply(w.db.commitQuietly("b"))
		w.lose(12 * time.Second)

		for key, want := range map[coherent.Key]string{itemA: "a@1", listA: "list@1", coherent.Item("none"): "absent"} {
			a, err := w.ask(key, 2, gone)
			require.NoError(t, err, "untouched by commit 2, it includes that")
			require.Equal(t, want, text(a))
			require.Equal(t, &coherent.Stale{Age: 12 * time.Second, AsOf: commitlog.Head{Epoch: 1, Seq: 2}}, a.Stale)
		}
		require.Equal(t, int64(3), w.cache.Stats().StaleAnswers)

		w.place.stale.Store(false)
		w.place.age.Store(0)
		require.Equal(t, "a@1", w.read(itemA), "and not labelled any more")
	})
}

func TestListThatHasChangedIsAsOldAsItsRead(t *testing.T) {
	t.Parallel()
	levels(t, func(t *testing.T, w *world) {
		w.write("a")
		w.read(listA)
		time.Sleep(10 * time.Second)
		w.write("a")
		w.lose(20 * time.Second)

		a, err := w.ask(listA, 1, gone)
		require.NoError(t, err)
		require.Equal(t, "list@1", text(a))
		require.Equal(t, &coherent.Stale{Age: 30 * time.Second, AsOf: commitlog.Head{Epoch: 1, Seq: 1}}, a.Stale)
		_, err = w.ask(listA, 2, gone)
		require.ErrorIs(t, err, errs.ErrUnavailable, "who knows of the change is not shown the list before")
	})
}

func TestNothingStaleInsteadOfAFailure(t *testing.T) {
	t.Parallel()

	broken := func(context.Context) (coherent.Entry, error) { return coherent.Entry{}, errDisk }
	for name, tt := range map[string]struct {
		after func(*world)
		least int64
		load  coherent.Load
		want  error
	}{
		"ItemThatHasChanged": {after: func(w *world) { w.write("a") }},
		"CommitIsPresented":  {after: func(*world) {}, least: 2},
		"TooLongAgo":         {after: func(w *world) { w.lose(5*time.Minute + time.Second) }},
		"AnotherEpoch": {after: func(w *world) {
			head := commitlog.Head{Epoch: 2, Seq: 1}
			_ = w.cache.Reset(context.Background(), head)
			w.place.set(head)
		}},
		"AnotherFailure": {after: func(*world) {}, load: broken, want: errDisk},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			levels(t, func(t *testing.T, w *world) {
				w.write("a")
				w.read(itemA)
				w.lose(time.Second)
				tt.after(w)
				load, want := tt.load, tt.want
				if load == nil {
					load, want = gone, errs.ErrUnavailable
				}

				_, err := w.ask(itemA, tt.least, load)

				require.ErrorIs(t, err, want)
				require.Zero(t, w.cache.Stats().StaleAnswers)
			})
		})
	}
}

func TestAnswerOfFiveMinutesAgoIsKept(t *testing.T) {
	t.Parallel()
	levels(t, func(t *testing.T, w *world) {
		w.write("a")
		w.read(itemA)
		w.lose(5 * time.Minute)

		a, err := w.ask(itemA, 0, gone)
		require.NoError(t, err)
		require.Equal(t, 5*time.Minute, a.Stale.Age)
	})
}

func TestSecondLevelKnowsWhatThisProcessNeverRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		first, second, shared := two(t)
		both(first, second, "a")
		second.read(coherent.Item("b")) // it uses the shared level
		first.read(itemA)
		first.read(listA)
		second.lose(12 * time.Second)

		for key, want := range map[coherent.Key]string{itemA: "a@1", listA: "list@1"} {
			for _, origin := range []coherent.Origin{coherent.FromL2, coherent.FromL1} {
				a, err := second.ask(key, 1, gone)
				require.NoError(t, err)
				require.Equal(t, want, text(a))
				require.Equal(t, origin, a.Origin)
				require.Equal(t, &coherent.Stale{Age: 12 * time.Second, AsOf: commitlog.Head{Epoch: 1, Seq: 1}}, a.Stale)
			}
		}
		_, err := second.ask(coherent.Item("c"), 0, gone)
		require.ErrorIs(t, err, errs.ErrUnavailable)
		claim := coherent.Claim{Key: coherent.Item("c"), Epoch: 1, Token: "next"}
		found, err := shared.Get(t.Context(), claim, 1, time.Minute)
		require.NoError(t, err)
		require.Equal(t, coherent.Claimed, found.State, "no claim is left behind")
	})
}

func TestSecondLevelThatIsBehindProvesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		first, second, shared := two(t)
		both(first, second, "a")
		first.read(itemA)
		restore := shared.Snapshot()
		both(first, second, "a")
		restore()
		second.lose(time.Second)

		_, err := second.ask(itemA, 0, gone)

		require.ErrorIs(t, err, errs.ErrUnavailable)
	})
}

func TestOverloadGivesTheListBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, memoryl2.New(clock))
		w.write("a")
		w.read(listA)
		w.write("a")
		open := make(chan struct{})
		var found []<-chan string
		for i := range 32 {
			found = append(found, w.begin(coherent.Item(string(rune('A'+i))), func(context.Context) (coherent.Entry, error) {
				<-open
				return coherent.Entry{AsOf: 2, Absent: true}, nil
			}))
		}
		synctest.Wait()

		a, err := w.ask(listA, 0, w.db.load(listA))

		require.NoError(t, err)
		require.Equal(t, "list@1", text(a))
		require.NotNil(t, a.Stale)
		close(open)
		for _, f := range found {
			<-f
		}
		require.Equal(t, "list@2", w.read(listA))
	})
}

func TestNobodyWaitsForADatabaseThatIsFrozen(t *testing.T) {
	t.Parallel()
	levels(t, func(t *testing.T, w *world) {
		w.write("a")
		w.read(itemA)
		w.lose(2 * time.Second)
		frozen := func(ctx context.Context) (coherent.Entry, error) {
			<-ctx.Done()
			return coherent.Entry{}, ctx.Err()
		}
		took := func(key coherent.Key, load coherent.Load) (time.Duration, error) {
			begun := time.Now()
			_, err := w.ask(key, 0, load)
			return time.Since(begun), err
		}
		for range 3 {
			d, err := took(itemA, frozen)
			require.NoError(t, err)
			require.LessOrEqual(t, d, 300*time.Millisecond, "on the clock of the bubble")
		}
		loads := w.cache.Stats().Loads
		for range 100 {
			d, err := took(itemA, frozen)
			require.NoError(t, err)
			require.Zero(t, d)
			d, err = took(coherent.Item("c"), frozen)
			require.ErrorIs(t, err, errs.ErrUnavailable)
			require.Zero(t, d)
		}
		require.Equal(t, loads, w.cache.Stats().Loads)
		require.Equal(t, int64(200), w.cache.Stats().Refusals)

		time.Sleep(300 * time.Millisecond)
		require.Equal(t, "absent", w.read(coherent.Item("c")), "it is tried again")
		require.Equal(t, "a@1", w.read(itemA))
	})
}

func TestSlowLoadsUnderALeaseShutNobodyOut(t *testing.T) {
	t.Parallel()
	levels(t, func(t *testing.T, w *world) {
		for range 10 {
			_, err := w.ask(itemA, 0, gone)
			require.ErrorIs(t, err, errs.ErrUnavailable)
		}
		require.Equal(t, "absent", w.read(itemA))
		require.Zero(t, w.cache.Stats().Refusals)
	})
}

func TestSecondLevelOfAReplacedDatabaseProvesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		way := &wire{SecondLevel: memoryl2.New(clock)}
		before := newWorld(t, way)
		for range 9 {
			before.write("a")
		}
		before.read(itemA)

		// The same database, restored to an earlier state, and the same epoch.
		old := new(table)
		old.commit("a")
		way.cut = true
		after := replica(t, old, way)
		way.cut = false
		after.lose(time.Second)

		_, err := after.ask(itemA, 0, gone)

		require.ErrorIs(t, err, errs.ErrUnavailable)
	})
}
