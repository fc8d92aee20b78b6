package fleet

import (
	"sync"
	"time"
)

// failure is a request that was not answered as it should have been.
type failure struct {
	at              time.Time // when it was over
	took            time.Duration
	op              op
	kind            string
	requestID, text string
}

// tally counts requests.
type tally struct {
	mu       sync.Mutex
	since    time.Time
	ops      map[string]*counts
	failures []failure
	flying   map[string]int // by service, at this moment
	peak     map[string]int // by service, since the last call of watch
}

// counts is what became of the requests of one kind.
type counts struct {
	op     op
	took   []time.Duration // of those that were answered
	last   time.Time       // when one was
	gap    time.Duration   // the longest time in which none was
	failed int
}

func newTally() *tally {
	t := &tally{flying: map[string]int{}, peak: map[string]int{}}
	t.begin()
	return t
}

// begin forgets all that was counted.
func (t *tally) begin() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.since, t.ops, t.failures = time.Now(), map[string]*counts{}, nil
}

// of needs the lock.
func (t *tally) of(o op) *counts {
	c, ok := t.ops[o.name]
	if !ok {
		c = &counts{op: o, last: time.Now()}
		t.ops[o.name] = c
	}
	return c
}

// started takes note of a request, until the function that it returns is called.
func (t *tally) started(o op) (ended func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.flying[o.service]++
	t.peak[o.service] = max(t.peak[o.service], t.flying[o.service])
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.flying[o.service]--
	}
}

// watch begins to look for the most requests that are under way at once; the
// function that it returns tells how many of one service there were.
func (t *tally) watch() (most func(service string) int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for service, n := range t.flying {
		t.peak[service] = n
	}
	return func(service string) int {
		t.mu.Lock()
		defer t.mu.Unlock()
		return t.peak[service]
	}
}

func (t *tally) answered(o op, begin time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	c := t.of(o)
	c.took = append(c.took, now.Sub(begin))
	c.gap = max(c.gap, now.Sub(c.last))
	c.last = now
}

func (t *tally) failed(o op, begin time.Time, kind, requestID, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	t.of(o).failed++
	t.failures = append(t.failures, failure{now, now.Sub(begin), o, kind, requestID, text})
}

// after returns the failures that ended after at.
func (t *tally) after(at time.Time) []failure {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, f := range t.failures {
		if f.at.After(at) {
			return append([]failure(nil), t.failures[i:]...)
		}
	}
	return nil
}

// lastAnswer returns when o was answered last.
func (t *tally) lastAnswer(o op) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c := t.of(o); len(c.took) > 0 {
		return c.last
	}
	return time.Time{}
}

// enough reports whether that many were answered.
func (t *tally) enough(reads, writes int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.ops {
		if c.op.writes {
			writes -= len(c.took)
		} else {
			reads -= len(c.took)
		}
	}
	return reads <= 0 && writes <= 0
}
