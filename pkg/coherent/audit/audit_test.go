package audit_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/audit"
	"stockroom/pkg/coherent/memoryl2"
	"stockroom/pkg/commitlog"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/testkit"
)

var (
	item = coherent.Item("a")
	list = coherent.List("all")
)

// audited runs test beside an auditor, on a clock of its own.
func audited(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()

	synctest.Test(t, func(t *testing.T) {
		w := &world{
			t: t, db: &table{epoch: 1, lies: map[string]string{}}, shared: memoryl2.New(time.Now),
			shown: telemetry.Discard(), log: new(testkit.Log),
		}
		w.db.commit("a", "b")
		for _, name := range []string{"one", "two"} {
			w.start(name)
		}
		w.auditor = audit.New(audit.Config{
			Cache: "test", Source: w.db, Load: w.db.load, Log: w.logger(),
			Replicas: func(context.Context) (all []audit.Replica) {
				for _, r := range w.replicas {
					all = append(all, r)
				}
				return all
			},
		})
		w.auditor.Measure(w.shown)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- w.auditor.Run(ctx) }()
		w.pass(time.Second)
		test(t, w)
		stop()
		require.NoError(t, <-done)
		for _, r := range w.replicas {
			r.cache.Close()
		}
	})
}

func (w *world) start(name string) {
	w.t.Helper()
	r := &replica{name: name, db: w.db, cache: coherent.New(coherent.Config{Name: "test", Store: w.shared})}
	r.applied, _ = w.db.Head(w.t.Context())
	r.cache.Follow(r)
	require.NoError(w.t, r.cache.Reset(w.t.Context(), r.applied))
	w.replicas = append(w.replicas, r)
}

func (w *world) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// write commits and has all replicas but some apply it.
func (w *world) write(id string, but ...int) commitlog.Event {
	w.t.Helper()
	ev := w.db.commit(id)
	for n, r := range w.replicas {
		if len(but) == 0 || but[0] != n {
			r.apply(w.t, ev)
		}
	}
	return ev
}

// readAll has all replicas read the keys twice, so that they answer from caches.
func (w *world) readAll(keys ...coherent.Key) {
	w.t.Helper()
	for _, r := range w.replicas {
		for _, key := range append(keys, keys...) {
			r.read(w.t, key)
		}
	}
}

func TestNothingIsWrongWithHealthyCaches(t *testing.T) {
	t.Parallel()

	audited(t, func(t *testing.T, w *world) {
		for range 20 {
			w.write("a")
			w.readAll(item, list, coherent.Item("b"), coherent.Item("none"))
			w.pass(500 * time.Millisecond)
		}
		w.pass(3 * time.Second)
		for _, level := range []string{"l1", "l2", "lease"} {
			require.Greater(t, w.checked(level), 10, level)
			require.Zero(t, w.wrong(level), "%s: %s", level, w.log)
		}
		require.Empty(t, w.log.String())
	})
}

func TestPoisonInTheSecondLevelIsFound(t *testing.T) {
	t.Parallel()

	for name, key := range map[string]coherent.Key{"Item": item, "List": list} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			audited(t, func(t *testing.T, w *world) {
				w.write("a")
				at := w.replicas[0].Applied()
				claim := coherent.Claim{Key: key, Epoch: 1, Token: "poison"}
				_, err := w.shared.Get(t.Context(), claim, at.Seq, time.Hour)
				require.NoError(t, err)
				_, err = w.shared.Fill(t.Context(), claim, coherent.Entry{AsOf: at.Seq, Version: 1, Body: []byte("old secret")}, time.Hour)
				require.NoError(t, err)
				w.readAll(key)

				w.pass(3 * time.Second)

				require.Positive(t, w.wrong("l1"))
				require.Positive(t, w.wrong("l2"))
				require.Contains(t, w.log.String(), "level=ERROR msg=\"cache is wrong\"")
				require.Contains(t, w.log.String(), "key="+key.String())
				require.Contains(t, w.log.String(), "version=1 ")
				require.NotContains(t, w.log.String(), "secret")
				w.readAll(key)
				lines := strings.Count(w.log.String(), "\n")
				w.pass(3 * time.Second)
				require.Equal(t, lines, strings.Count(w.log.String(), "\n"), "once")
			})
		})
	}
}

func TestWritePastTheLogIsFound(t *testing.T) {
	t.Parallel()

	audited(t, func(t *testing.T, w *world) {
		w.readAll(item)
		w.db.mu.Lock()
		w.db.lies["a"] = "changed by hand"
		w.db.mu.Unlock()
		w.pass(3 * time.Second)
		require.Positive(t, w.wrong("l1"))
	})
}

func TestLostInvalidationIsFoundWithoutAReader(t *testing.T) {
	t.Parallel()

	audited(t, func(t *testing.T, w *world) {
		w.readAll(item)
		for _, r := range w.replicas {
			r.cache.Hits(100) // nobody tells of them
		}
		ev := w.db.commit("a")
		w.replicas[1].apply(t, ev)
		broken := w.replicas[0] // says that it has applied what it has not
		broken.set(func() { broken.applied = ev.Head() })
		w.pass(3 * time.Second)
		require.Positive(t, w.wrong("l1"))
		require.Contains(t, w.log.String(), "replica=one")
		require.NotContains(t, w.log.String(), "replica=two")
	})
}

func TestReplicaThatHeardOfNothingInTimeIsFound(t *testing.T) {
	t.Parallel()

	audited(t, func(t *testing.T, w *world) {
		w.write("a", 1)
		w.pass(900 * time.Millisecond)
		require.Zero(t, w.wrong("lease"), "it has a second")
		w.pass(3 * time.Second)
		require.Positive(t, w.wrong("lease"))
		require.Contains(t, w.log.String(), "replica=two")
	})
}

func TestReplicaWithoutALeaseMayBeBehind(t *testing.T) {
	t.Parallel()

	audited(t, func(t *testing.T, w *world) {
		w.readAll(item)
		late := w.replicas[1]
		late.set(func() { late.lagging = true })
		w.write("a", 1)
		w.pass(5 * time.Second)
		require.Zero(t, w.wrong("lease"))
		require.Zero(t, w.wrong("l1"))
		require.Zero(t, w.wrong("l2"))
	})
}

// What changes between the look at a replica and that at the database tells
// nothing.
func TestWriteInBetweenIsNoLie(t *testing.T) {
	t.Parallel()

	audited(t, func(t *testing.T, w *world) {
		for range 10 {
			w.readAll(item, list)
			w.db.mu.Lock()
			w.db.meet = func() { w.db.commit("a") }
			w.db.mu.Unlock()
			w.pass(time.Second)
			head, _ := w.db.Head(t.Context())
			for _, r := range w.replicas {
				for seq := r.Applied().Seq; seq < head.Seq; seq++ {
					r.apply(t, w.db.log[seq])
				}
			}
		}
		for _, level := range []string{"l1", "l2", "lease"} {
			require.Zero(t, w.wrong(level), w.log)
		}
	})
}

func TestAnotherEpochIsNoLie(t *testing.T) {
	t.Parallel()

	audited(t, func(t *testing.T, w *world) {
		w.write("a")
		w.write("a")
		w.readAll(item, list)
		w.db.mu.Lock() // goes back, and begins an epoch that nobody has heard of
		w.db.epoch, w.db.log = 2, w.db.log[:2]
		w.db.mu.Unlock()
		w.pass(900 * time.Millisecond)
		for _, level := range []string{"l1", "l2", "lease"} {
			require.Zero(t, w.wrong(level), w.log)
		}
	})
}

func TestWhoDoesNotAnswerHoldsNobodyUp(t *testing.T) {
	t.Parallel()

	audited(t, func(t *testing.T, w *world) {
		gone := w.replicas[0]
		gone.set(func() { gone.away = true })
		w.readAll(item)
		w.pass(5 * time.Second)
		require.Positive(t, w.checked("l1"), "the other one")
		require.Equal(t, 1, strings.Count(w.log.String(), "replica cannot be audited"))

		w.db.mu.Lock()
		w.db.away = true
		w.db.mu.Unlock()
		w.readAll(item)
		before := w.checked("l1")
		w.pass(5 * time.Second)
		require.Equal(t, before, w.checked("l1"), "there is nothing to compare with")
		require.Zero(t, w.wrong("l1"))
	})
}
