package commitlog

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// position is how far a follower has come, and since when it knows that this
// was far enough.
type position struct {
	applied atomic.Pointer[Head]
	own     atomic.Pointer[Head] // the last commit of this process
	proof   atomic.Pointer[time.Time]

	mu      sync.Mutex
	changed chan struct{} // closed when applied moves
}

func (p *position) head() Head {
	if h := p.applied.Load(); h != nil {
		return *h
	}
	return Head{}
}

func (p *position) move(h Head) {
	p.applied.Store(&h)
	p.mu.Lock()
	close(p.changed)
	p.changed = make(chan struct{})
	p.mu.Unlock()
}

func (p *position) next() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

func (p *position) committed(ev Event) {
	h := Head{ev.Epoch, ev.Seq}
	for {
		old := p.own.Load()
		if old != nil && later(*old, h) == *old {
			return
		}
		if p.own.CompareAndSwap(old, &h) {
			return
		}
	}
}

// Applied returns the last commit that the sink is in step with. Its epoch is
// zero before the follower has seen the log for the first time.
func (f *Follower) Applied() Head { return f.position.head() }

// OwnSeq returns the number of the last commit that Committed was told of in
// the present epoch, or zero.
func (f *Follower) OwnSeq() int64 {
	own := f.position.own.Load()
	if own == nil || own.Epoch != f.position.head().Epoch {
		return 0
	}
	return own.Seq
}

// Wait returns true as soon as commit seq has been applied, and false if ctx is
// done before.
func (f *Follower) Wait(ctx context.Context, seq int64) bool {
	for {
		moved := f.position.next() // taken before looking, so that no move is missed
		if f.position.head().Seq >= seq {
			return true
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return false
		}
	}
}

// Age returns how long ago it was certain that every commit of that moment had
// been applied. It is very long before the first time.
func (f *Follower) Age() time.Duration {
	proof := f.position.proof.Load()
	if proof == nil {
		return 1<<63 - 1
	}
	return age(*proof, time.Now())
}

// Fresh reports whether Age is within the lease: whether what the sink holds
// may be served without asking the source.
func (f *Follower) Fresh() bool { return f.Age() < f.cfg.Lease }

// age takes the longer of the two clocks: the monotonic one stands still while
// a virtual machine is suspended, and the other one may be set back.
func age(proof, now time.Time) time.Duration {
	return max(now.Sub(proof), now.Round(0).Sub(proof.Round(0)))
}
