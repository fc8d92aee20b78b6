package chaos

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"stockroom/e2e/chaos/history"
)

// report judges the history, and shows what is promised and what is not.
func (r *run) report(t *testing.T, h *history.History, failed map[string]int) {
	t.Helper()

	took := r.diary.now()
	broken, figures := h.Check()
	half, longest := r.recoveries(h)
	t.Logf("seed %d, %v, judged in %v\n%v\nrefused    %v\nrecovered  half within %v, all within %v\nfaults     %s",
		r.options.Seed, took.Round(time.Second), (r.diary.now() - took).Round(time.Millisecond), figures, failed, half, longest, r.diary.faults())
	t.Logf("audited    %d times", r.shop.audited(t))
	r.failures(t)
	const enough = 10
	for _, v := range broken[:min(enough, len(broken))] {
		t.Errorf("seed %d: %s\n%s", r.options.Seed, v.Text, r.diary.around(v.At))
	}
	if len(broken) > enough {
		t.Errorf("seed %d: and %d more", r.options.Seed, len(broken)-enough)
	}
}

// failures fails t if a replica has answered a request with 500, and shows what it
// wrote of it: faults are no reason for that.
func (r *run) failures(t *testing.T) {
	t.Helper()

	if n := len(r.diary.failures); n > 0 {
		t.Errorf("seed %d: %d requests were answered with status 500", r.options.Seed, n)
	}
	for _, replica := range r.shop.replicas {
		for line := range strings.Lines(replica.process.Log(t)) {
			for _, id := range r.diary.failures {
				if id != "" && strings.Contains(line, id) {
					t.Logf("status 500: %s", line)
				}
			}
		}
	}
}

// recoveries returns how long after the end of a fault the replicas that it
// concerned answered from a cache again.
func (r *run) recoveries(h *history.History) (half, longest time.Duration) {
	hits := make([][]time.Duration, len(r.shop.replicas))
	for i := range h.Reads {
		if q := &h.Reads[i]; q.Stale == nil && strings.Contains(q.Origin, "hit") {
			hits[q.Replica] = append(hits[q.Replica], q.End)
		}
	}
	var took []time.Duration
	for _, at := range hits {
		slices.Sort(at)
	}
	for _, heal := range r.diary.heals {
		worst := time.Duration(0)
		for _, replica := range heal.replicas {
			next, _ := slices.BinarySearchFunc(hits[replica], heal.at, cmp.Compare[time.Duration])
			if next < len(hits[replica]) {
				worst = max(worst, hits[replica][next]-heal.at)
			}
		}
		took = append(took, worst)
	}
	if len(took) == 0 {
		return 0, 0
	}
	slices.Sort(took)
	return took[len(took)/2], took[len(took)-1]
}
