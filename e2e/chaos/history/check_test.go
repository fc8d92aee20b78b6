package history_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/chaos/history"
)

const ms = time.Millisecond

var made = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// story is a history in which nothing is wrong: a and b are made, a is changed
// twice, b is deleted, and nobody knows what became of one change of a before
// the log says that it is commit 6. Each write takes 100 ms, and they begin at
// 1 s, 2 s and so on.
func story() *history.History {
	write := func(seq int64, product string, deleted bool) history.Write {
		begin := time.Duration(seq) * time.Second
		return history.Write{Begin: begin, End: begin + 100*ms, Product: product, Deleted: deleted, Stock: 10 * seq, Seq: seq}
	}
	unsure := write(6, "a", false)
	unsure.Seq = 0
	return &history.History{
		Writes: []history.Write{write(1, "a", false), write(2, "b", false), write(3, "a", false), write(4, "b", true), write(5, "a", false), unsure},
		Log: []history.Commit{
			{Seq: 1, Products: []string{"a"}},
			{Seq: 2, Products: []string{"b"}},
			{Seq: 3, Products: []string{"a"}},
			{Seq: 4, Products: []string{"b"}, Deleted: true},
			{Seq: 5, Products: []string{"a"}},
			{Seq: 6, Products: []string{"a"}},
		},
		Products: []history.Product{
			{ID: "a", Category: "x", Created: made, Version: 6, Stock: 60},
			{ID: "b", Category: "x", Created: made.Add(time.Second), Version: 4, Deleted: true},
		},
	}
}

// other is the replica that made none of the writes.
const other = 1

// detail is an answer about a product, asked for at a moment and given at once.
func detail(at time.Duration, product string, version int64) history.Read {
	return history.Read{Begin: at, End: at + ms, Replica: other, Product: product, Version: version, Stock: 10 * version}
}

// list is an answer about everything, as of a commit.
func list(at time.Duration, asOf int64, items ...history.Item) history.Read {
	return history.Read{
		Begin: at, End: at + ms, Replica: other, Version: asOf, List: history.List{Page: 1, Size: 10},
		Page: &history.Page{Items: items, Total: len(items)},
	}
}

func item(product string, version int64) history.Item {
	return history.Item{Product: product, Version: version, Stock: 10 * version}
}

// with returns r with a change.
func with(r history.Read, change func(*history.Read)) history.Read {
	change(&r)
	return r
}

func token(seq int64) func(*history.Read) { return func(r *history.Read) { r.Token = seq } }
func by(replica int) func(*history.Read)  { return func(r *history.Read) { r.Replica = replica } }
func stale(age time.Duration, asOf int64) func(*history.Read) {
	return func(r *history.Read) { r.Stale = &history.Stale{Age: age, AsOf: asOf} }
}

func TestRightAnswers(t *testing.T) {
	t.Parallel()

	h := story()
	h.Reads = slices.Collect(maps.Values(right))
	broken, figures := h.Check()
	require.Empty(t, broken)
	require.Len(t, right, figures.Reads)
	require.Positive(t, figures.Outdated)
}

func TestEveryWrongAnswerIsFound(t *testing.T) {
	t.Parallel()

	for name, read := range wrong {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			h := story()
			h.Reads = append(slices.Collect(maps.Values(right)), read)
			broken, _ := h.Check()
			require.NotEmpty(t, broken)
			for _, v := range broken {
				require.Equal(t, read.Begin, v.At, v.Text)
			}
		})
	}
}

func TestEveryLostWriteIsFound(t *testing.T) {
	t.Parallel()

	for name, lose := range map[string]func(h *history.History){
		"RowIsOlder":       func(h *history.History) { h.Products[0].Version = 3 },
		"RowIsMissing":     func(h *history.History) { h.Products = h.Products[:1] },
		"RowIsNotDeleted":  func(h *history.History) { h.Products[1].Deleted = false },
		"RowHasOldContent": func(h *history.History) { h.Products[0].Version, h.Products[0].Stock, h.Log = 5, 10, h.Log[:5] },
		"LogEndsEarly":     func(h *history.History) { h.Log = h.Log[:4] },
		"LogHasAGap":       func(h *history.History) { h.Log = slices.Delete(h.Log, 2, 3) },
		"LogNamesAnother":  func(h *history.History) { h.Log[2].Products = []string{"b"} },
		"NumberGivenTwice": func(h *history.History) { h.Writes[4].Seq = 3 },
		"NobodyAskedForIt": func(h *history.History) { h.Writes = h.Writes[:5] },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			h := story()
			lose(h)
			broken, _ := h.Check()
			require.NotEmpty(t, broken)
		})
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()

	h := story()
	hit := with(detail(4000*ms, "a", 1), func(r *history.Read) { r.Origin = "catalog-l1; hit" })
	miss := with(list(4000*ms, 3, item("b", 2), item("a", 3)), token(2))
	h.Reads = []history.Read{hit, miss, with(hit, stale(2*time.Second, 2)), with(hit, func(r *history.Read) { r.Begin = 3110 * ms })}
	broken, f := h.Check()
	require.Empty(t, broken)
	require.Equal(t, []int{4, 1, 1, 1, 5, 1, 2, 1}, []int{f.Reads, f.Lists, f.Tokens, f.Stale, f.Writes, f.Unsure, f.Outdated, f.Noticeable})
	require.Equal(t, 900*ms, f.Most)
	require.InDelta(t, 0.5, f.HitRate, 0.001)
	require.Contains(t, f.String(), "50.0 % in a cache")
}
