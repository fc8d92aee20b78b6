package coherent_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/memoryl2"
	"stockroom/pkg/commitlog"
)

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
