package admission

import (
	"container/list"
	"time"
)

// waiter is a request that waits.
type waiter[R Replica] struct {
	priority Priority
	at       *list.Element // nil: it waits no more
	turn     chan R        // none: it was sent away
}

// line has a request wait, unless there are too many already that are worth as
// much.
func (q *Queue[R]) line(p Priority, now time.Time) (*waiter[R], bool) {
	if !q.pace.short { // until now
		q.learn(now)
		q.pace.short = true
	} else if q.pace.over(now) {
		q.learn(now)
	}
	if q.length == 0 {
		q.since = now
	}
	if q.ahead(p) >= q.room(p, now) || q.length >= maxWaiting && !q.displace(p) {
		return nil, false
	}
	w := &waiter[R]{priority: p, turn: make(chan R, 1)}
	w.at = q.waiting[p-1].PushBack(w)
	q.length++
	return w, true
}

// displace sends away one that is worth less than p.
func (q *Queue[R]) displace(p Priority) bool {
	for lower := List; lower < p; lower++ {
		if q.waiting[lower-1].Len() > 0 {
			q.sendAway(lower)
			return true
		}
	}
	return false
}

// sendAway refuses the one with priority p that has waited shortest.
func (q *Queue[R]) sendAway(p Priority) {
	var none R
	w := q.waiting[p-1].Back().Value.(*waiter[R])
	q.remove(w)
	w.turn <- none
}

func (q *Queue[R]) remove(w *waiter[R]) {
	q.waiting[w.priority-1].Remove(w.at)
	w.at = nil
	q.length--
}

// await returns when it is the turn of w, or will not be.
func (q *Queue[R]) await(w *waiter[R], deadline time.Time) (R, error) {
	timer := time.NewTimer(min(patience, time.Until(deadline)))
	defer timer.Stop()
	select {
	case <-timer.C:
		q.mu.Lock()
		if w.at != nil {
			q.remove(w)
			close(w.turn)
		}
		q.mu.Unlock()
	case r := <-w.turn:
		return q.outcome(w, r)
	}
	return q.outcome(w, <-w.turn)
}

func (q *Queue[R]) outcome(w *waiter[R], r R) (R, error) {
	var none R
	if r == none {
		return none, q.refuse(w.priority)
	}
	return r, nil
}
