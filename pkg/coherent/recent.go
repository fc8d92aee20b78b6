package coherent

import (
	"sync"

	"stockroom/pkg/commitlog"
)

// recentCount bounds how far a second level may fall behind and be brought up
// to date event by event, without losing what it holds.
const recentCount = 256

// recent remembers the last events, each of them next to the one before.
type recent struct {
	mu     sync.Mutex
	events [recentCount]commitlog.Event // that of seq is at seq modulo recentCount
}

func (r *recent) add(ev commitlog.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()

	at := &r.events[ev.Seq%recentCount]
	*at = ev
	if len(ev.IDs) > commitlog.MaxIDs {
		*at = commitlog.Event{} // too large to keep many of: whoever missed it starts anew
	}
}

func (r *recent) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()

	clear(r.events[:])
}

// after returns the events of an epoch after seq up to last, if all of them are
// remembered.
func (r *recent) after(epoch, seq, last int64) ([]commitlog.Event, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()

	if seq == Lost || last-seq > recentCount {
		return nil, false
	}
	var events []commitlog.Event
	for s := seq + 1; s <= last; s++ {
		ev := r.events[s%recentCount]
		if ev.Epoch != epoch || ev.Seq != s {
			return nil, false
		}
		events = append(events, ev)
	}
	return events, true
}
