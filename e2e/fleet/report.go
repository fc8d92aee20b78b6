package fleet

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// examples is how many failures of each kind are shown.
const examples = 3

// say prints. The verdict does not depend on whether anybody reads it.
func say(out io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(out, format, args...) }

// report prints what was counted.
func (t *tally) report(out io.Writer) {
	t.mu.Lock()
	defer t.mu.Unlock()

	all := slices.SortedFunc(maps.Values(t.ops), func(a, b *counts) int {
		if a.op.writes != b.op.writes {
			return cmp.Compare(btoi(a.op.writes), btoi(b.op.writes))
		}
		return cmp.Compare(a.op.name, b.op.name)
	})
	reads, writes := counts{op: op{name: "reads"}}, counts{op: op{name: "writes"}}
	for _, c := range all {
		sum := &reads
		if c.op.writes {
			sum = &writes
		}
		sum.took = append(sum.took, c.took...)
		sum.failed += c.failed
		sum.gap = max(sum.gap, c.gap)
	}
	say(out, "\nafter %v:\n", time.Since(t.since).Round(time.Second))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	say(w, "\tanswered\tfailed\tp50\tp99\tlongest\tlongest gap\t\n")
	for _, c := range append(all, &reads, &writes) {
		slices.Sort(c.took)
		say(w, "%s\t%d\t%d\t%v\t%v\t%v\t%v\t\n", c.op.name, len(c.took), c.failed,
			share(c.took, 0.50), share(c.took, 0.99), share(c.took, 1), c.gap.Round(time.Millisecond))
	}
	_ = w.Flush()
	t.showFailures(out)
}

func (t *tally) showFailures(out io.Writer) {
	kinds := map[string][]failure{}
	for _, f := range t.failures {
		kind := f.op.name + ": " + f.kind
		kinds[kind] = append(kinds[kind], f)
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		say(out, "%d × %s\n", len(kinds[kind]), kind)
		for _, f := range kinds[kind][:min(examples, len(kinds[kind]))] {
			say(out, "    %s after %v, request %q: %s\n", f.at.Format("15:04:05.000"), f.took.Round(time.Millisecond), f.requestID,
				strings.Join(strings.Fields(f.text), " "))
		}
	}
}

// share returns what that share of the sorted took at most.
func share(took []time.Duration, share float64) time.Duration {
	if len(took) == 0 {
		return 0
	}
	return took[int(share*float64(len(took)-1))].Round(100 * time.Microsecond)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
