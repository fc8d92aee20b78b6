// Package memorythrottle remembers in this process who failed to sign in.
package memorythrottle

import (
	"context"
	"sync"
	"time"

	"stockroom/services/auth"
)

// maxTraces bounds the memory to about ten megabytes. When there are more, some
// that nobody chose are forgotten early.
const maxTraces = 1 << 16

// maxFailures is beyond every limit that makes sense.
const maxFailures = 1 << 20

// Throttle implements [auth.Throttle] for one process.
type Throttle struct {
	now func() time.Time

	mu     sync.Mutex
	traces map[string]trace // by key of the mark
}

// trace is what failures leave behind.
type trace struct {
	failures  int
	until     time.Time // nothing is tried before
	forgotten time.Time
}

var _ auth.Throttle = (*Throttle)(nil)

// New returns a throttle that remembers nothing yet.
func New(now func() time.Time) *Throttle {
	return &Throttle{now: now, traces: make(map[string]trace)}
}

// Admit implements [auth.Throttle].
func (t *Throttle) Admit(_ context.Context, marks ...auth.Mark) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	for _, m := range marks {
		wait = max(wait, t.traceOf(m, now).until.Sub(now))
	}
	if wait > 0 {
		return wait
	}
	for _, m := range marks {
		found := t.traceOf(m, now)
		if delay := m.Limit.Delay(found.failures); delay > 0 {
			found.until = now.Add(delay)
			t.traces[m.Key] = found
		}
	}
	return 0
}

// Failed implements [auth.Throttle].
func (t *Throttle) Failed(_ context.Context, marks ...auth.Mark) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	for _, m := range marks {
		next := t.traceOf(m, now)
		next.failures = min(next.failures+1, maxFailures)
		if until := now.Add(m.Limit.Delay(next.failures)); until.After(next.until) {
			next.until = until
		}
		next.forgotten = now.Add(m.Limit.Keep)
		t.makeRoom(now)
		t.traces[m.Key] = next
	}
}

// Forget implements [auth.Throttle].
func (t *Throttle) Forget(_ context.Context, m auth.Mark) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.traces, m.Key)
}

func (t *Throttle) traceOf(m auth.Mark, now time.Time) trace {
	found := t.traces[m.Key]
	if !now.Before(found.forgotten) {
		delete(t.traces, m.Key)
		return trace{}
	}
	return found
}

// makeRoom removes what is forgotten when it gets crowded, and if that is not
// enough, something of the rest.
func (t *Throttle) makeRoom(now time.Time) {
	if len(t.traces) < maxTraces {
		return
	}
	for key, old := range t.traces {
		if !now.Before(old.forgotten) {
			delete(t.traces, key)
		}
	}
	for key := range t.traces {
		if len(t.traces) < maxTraces-maxTraces/16 {
			return
		}
		delete(t.traces, key)
	}
}
