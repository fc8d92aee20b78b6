package history_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/chaos/history"
)

// restored is [story] with a database that is brought back to commit 3 at 20 s,
// which ends as commit 100 at 21 s: a is as then, and b is there again.
func restored() *history.History {
	h := story()
	h.Writes = append(h.Writes, history.Write{Begin: 20 * time.Second, End: 21 * time.Second, Replica: -1, Seq: 100})
	h.Log = append(h.Log, history.Commit{Seq: 100, Back: 3})
	h.Products[0].Version, h.Products[0].Stock = 3, 30
	h.Products[1].Version, h.Products[1].Stock, h.Products[1].Deleted = 2, 20, false
	return h
}

func TestAnswersAroundARestore(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		read  history.Read
		right bool
	}{
		"BackAgain":              {detail(22100*ms, "a", 3), true},
		"ThereAgain":             {detail(22100*ms, "b", 2), true},
		"LostAMomentAgo":         {detail(21900*ms, "a", 6), true},
		"GoneAMomentAgo":         {detail(21900*ms, "b", 0), true},
		"LostBefore":             {detail(19000*ms, "a", 6), true},
		"PresentsWhatIsLost":     {with(detail(22100*ms, "a", 3), token(5)), true},
		"ListAfter":              {list(22100*ms, 100, item("b", 2), item("a", 3)), true},
		"ListBefore":             {list(21900*ms, 6, item("a", 6)), true},
		"Lost":                   {detail(22100*ms, "a", 6), false},
		"Gone":                   {detail(22100*ms, "b", 0), false},
		"BackTooEarly":           {detail(19900*ms, "a", 3), false},
		"LostListAfter":          {list(22100*ms, 6, item("a", 6)), false},
		"ListAfterWithLost":      {list(22100*ms, 100, item("b", 2), item("a", 6)), false},
		"ListAfterWithoutReturn": {list(22100*ms, 100, item("a", 3)), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			h := restored()
			h.Reads = []history.Read{tt.read}
			broken, _ := h.Check()
			if tt.right {
				require.Empty(t, broken)
			} else {
				require.NotEmpty(t, broken)
			}
		})
	}
}

func TestWritesBeforeTheBackupOutliveARestore(t *testing.T) {
	t.Parallel()

	h := restored()
	h.Products[0].Version, h.Products[0].Stock = 1, 10
	broken, _ := h.Check()
	require.Len(t, broken, 1)
	require.Contains(t, broken[0].Text, "write 3 of a")
}
