// Package admission decides which requests a service gets when it gets more
// than it can answer.
//
// Each replica gets as many at once as it answers quickly. Others wait in one
// queue for all replicas, the most important first, and only as many as will
// have their turn soon. Who is not among them is refused at once, and may come
// back later; that costs nobody time.
package admission

import (
	"container/list"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// ErrFull says that there is no room for a request, and will not be soon.
var ErrFull = errors.New("too many requests at once")

const (
	burst      = 800 * time.Millisecond // in which a queue may be gone again,
	standing   = 250 * time.Millisecond // or else whoever enters it should have their turn
	patience   = time.Second            // after which they leave it, overtaken or held up
	maxWaiting = 8192
)

// Replica is one of those that answer for a service. The zero value is none.
type Replica interface {
	comparable
	// Room returns the same each time. Only the queue looks at it, or whom it
	// asks to choose.
	Room() *Room
}

// Queue is where requests to one service wait for room.
type Queue[R Replica] struct {
	all    func() []R
	choose func(p Priority, not R) R

	mu      sync.Mutex
	waiting [levels]list.List // of *waiter, by priority
	length  int
	since   time.Time // it has not been empty
	pace    pace

	shed [Apart + 1]atomic.Int64
}

// New returns a queue for the replicas that all returns. Choose returns the
// best of them for a request, rather not the one named; if there is no room at that
// one, there is none at any that would do.
func New[R Replica](all func() []R, choose func(p Priority, not R) R) *Queue[R] {
	return &Queue[R]{all: all, choose: choose}
}

// Enter returns the replica that a request should be sent to, as soon as that
// has room, or none if there is no replica. It fails with [ErrFull] at once, or
// when it becomes clear that others go first, or when the deadline comes. Who has
// entered has to leave.
func (q *Queue[R]) Enter(p Priority, deadline time.Time, not R) (R, error) {
	q.mu.Lock()
	if p == Apart {
		defer q.mu.Unlock()
		r, ok := q.take(p, not)
		if !ok {
			return r, q.refuse(p)
		}
		return r, nil
	}
	if q.length > 0 {
		q.letIn() // there may be replicas that were not there before
	}
	if q.ahead(p) == 0 {
		if r, ok := q.take(p, not); ok {
			q.mu.Unlock()
			return r, nil
		}
	}
	w, ok := q.line(p, time.Now())
	q.mu.Unlock()
	if !ok {
		var none R
		return none, q.refuse(p)
	}
	return q.await(w, deadline)
}

// Look returns the replica that Enter would, whether there is room or not, for a
// request that takes none.
func (q *Queue[R]) Look(p Priority, not R) R {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.choose(p, not)
}

// Leave ends what Enter began: the request was sent to r at that time, and has
// been answered or not.
func (q *Queue[R]) Leave(r R, p Priority, sent time.Time, answered bool) {
	now := time.Now()
	took := now.Sub(sent)
	q.mu.Lock()
	defer q.mu.Unlock()
	r.Room().leave(p, now, took, answered)
	if p == Apart {
		return
	}
	if answered {
		q.pace.note(p, took)
	}
	if q.pace.over(now) {
		q.learn(now)
	}
	q.letIn()
}

// ahead returns how many have their turn before another one with the priority p.
func (q *Queue[R]) ahead(p Priority) (n int) {
	for i := p - 1; int(i) < levels; i++ {
		n += q.waiting[i].Len()
	}
	return n
}

// take takes room for a request, if there is any or no replica.
func (q *Queue[R]) take(p Priority, not R) (r R, ok bool) {
	r = q.choose(p, not)
	var none R
	if r == none {
		return r, true
	}
	if !r.Room().Free(p) {
		return none, false
	}
	r.Room().take(p)
	return r, true
}

// letIn gives the room that there is to those who wait.
func (q *Queue[R]) letIn() {
	var none R
	for p := SignIn; q.length > 0 && p >= List; {
		first := q.waiting[p-1].Front()
		if first == nil {
			p--
			continue
		}
		r, ok := q.take(p, none)
		if !ok {
			return
		}
		q.remove(first.Value.(*waiter[R]))
		first.Value.(*waiter[R]).turn <- r
	}
}

// learn looks at what happened since the last time.
func (q *Queue[R]) learn(now time.Time) {
	took := now.Sub(q.pace.begin)
	for _, r := range q.all() {
		if q.pace.short {
			r.Room().learn(now, took)
		} else {
			r.Room().relax(now, int(took/window))
		}
	}
	q.pace.next(now, q.length > 0)
	for ahead, p := q.length, List; p <= SignIn; p++ {
		own := q.waiting[p-1].Len()
		for ; own > 0 && ahead > q.room(p, now); own, ahead = own-1, ahead-1 {
			q.sendAway(p)
		}
		ahead -= own
	}
}

// room returns how many with the priority p, and before them, may wait: as many
// as are gone soon if nobody else comes, and later as many as have their turn soon
// although others come.
func (q *Queue[R]) room(p Priority, now time.Time) int {
	return max(q.pace.in(burst-now.Sub(q.since), SignIn, maxWaiting), q.pace.in(standing, p, maxWaiting))
}

func (q *Queue[R]) refuse(p Priority) error {
	q.shed[p].Add(1)
	return ErrFull
}
