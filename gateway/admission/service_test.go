package admission_test

import (
	"slices"
	"sync"
	"time"

	"stockroom/gateway/admission"
)

const second = time.Second

// replica answers so many requests at once, each after the same time; others
// queue in it, without end.
type replica struct {
	room  admission.Room
	slots chan struct{}
	takes time.Duration
}

func (r *replica) Room() *admission.Room { return &r.room }

func newReplica(slots int, takes time.Duration) *replica {
	return &replica{slots: make(chan struct{}, slots), takes: takes}
}

func (r *replica) answer() {
	r.slots <- struct{}{}
	time.Sleep(r.takes)
	<-r.slots
}

// newQueue returns one for all, which prefers those with the most room.
func newQueue(all ...*replica) *admission.Queue[*replica] {
	return admission.New(func() []*replica { return all }, func(p admission.Priority, _ *replica) (best *replica) {
		for _, r := range all {
			freer := best == nil || r.room.Free(p) && !best.room.Free(p)
			if freer || r.room.Free(p) == best.room.Free(p) && r.room.Less(&best.room) {
				best = r
			}
		}
		return best
	})
}

// request is what became of one.
type request struct {
	priority admission.Priority
	good     bool // answered while somebody waited for it
	shed     bool
	took     time.Duration
}

type requests []request

// offer sends rate requests per second, whatever becomes of those before, with
// priorities in turn.
func offer(q *admission.Queue[*replica], rate int, d time.Duration, turns ...admission.Priority) (all requests) {
	var (
		mu   sync.Mutex
		wg   sync.WaitGroup
		tick = second / time.Duration(rate)
	)
	for n := range int(d / tick) {
		p := turns[n%len(turns)]
		wg.Go(func() {
			begin := time.Now()
			r, err := q.Enter(p, begin.Add(10*second), nil)
			if err == nil {
				sent := time.Now()
				r.answer()
				q.Leave(r, p, sent, true)
			}
			took := time.Since(begin)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, request{p, err == nil && took <= second, err != nil, took})
		})
		time.Sleep(tick)
	}
	wg.Wait()
	return all
}

func (all requests) of(p admission.Priority) (some requests) {
	for _, r := range all {
		if r.priority == p {
			some = append(some, r)
		}
	}
	return some
}

func (all requests) good() (n int) {
	for _, r := range all {
		if r.good {
			n++
		}
	}
	return n
}

// refused returns how long those waited that were refused, the longest last.
func (all requests) refused() (waited []time.Duration) {
	for _, r := range all {
		if r.shed {
			waited = append(waited, r.took)
		}
	}
	slices.Sort(waited)
	return waited
}
