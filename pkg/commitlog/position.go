package commitlog

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// position is how far a follower has come, and since when it knows that this
// was far enough.
type position struct {
	applied  atomic.Pointer[Head]
	own      atomic.Pointer[Head] // the last commit of this process
	resetDue atomic.Bool
	proof    atomic.Pointer[proof]

	mu      sync.Mutex
	changed chan struct{} // closed when applied moves
	begun   time.Time     // when the follower began
	without time.Duration // how long there was no lease before the present proof
}

// proof is a moment at which the sink was known to be up to date, on both clocks.
type proof struct {
	monotonic time.Time
	wall      int64 // Unix nanoseconds: between two [time.Time] the other clock would count
}

func (p *position) head() Head {
	if h := p.applied.Load(); h != nil {
		return *h
	}
	return Head{}
}

func (p *position) ownHead() Head {
	if h := p.own.Load(); h != nil {
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

// begin takes note of the time: until the first proof there is no lease.
func (p *position) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.begun = time.Now()
}

// prove makes since the proof.
func (p *position) prove(since proof, lease time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	// One that came too late proves nothing either.
	p.without += max(0, p.lapsed(p.proof.Load(), lease)-p.lapsed(&since, lease))
	p.proof.Store(&since)
}

// expired returns for how long, all in all, the last proof was older than the
// lease.
func (p *position) expired(lease time.Duration) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.without + p.lapsed(p.proof.Load(), lease)
}

// lapsed returns how long ago the lease that a proof gives has ended. It goes by
// the monotonic clock, so that it never falls. The caller holds the lock.
func (p *position) lapsed(at *proof, lease time.Duration) time.Duration {
	switch {
	case p.begun.IsZero():
		return 0
	case at == nil:
		return time.Since(p.begun)
	}
	return max(0, time.Since(at.monotonic)-lease)
}

func (p *position) next() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

func (p *position) committed(h Head) {
	for {
		old := p.own.Load()
		if old != nil && !old.Before(h) || p.own.CompareAndSwap(old, &h) {
			return
		}
	}
}

// until waits for a position that is there, or for ctx.
func (p *position) until(ctx context.Context, there func(Head) bool) bool {
	if there(p.head()) {
		return true
	}
	for {
		moved := p.next() // taken before looking, so that no move is missed
		if there(p.head()) {
			return true
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return false
		}
	}
}

// Applied returns the last commit that the sink is in step with. Its epoch is
// zero before the follower has seen the log for the first time.
func (f *Follower) Applied() Head { return f.position.head() }

// OwnSeq returns the number of the last commit that Committed was told of in
// the present epoch, or zero.
func (f *Follower) OwnSeq() int64 {
	own := f.position.ownHead()
	if own.Epoch != f.position.head().Epoch {
		return 0 // if it is of an epoch that is not followed yet, Fresh is false
	}
	return own.Seq
}

// Wait returns true as soon as commit seq has been applied, and false if ctx is
// done before.
func (f *Follower) Wait(ctx context.Context, seq int64) bool {
	return f.position.until(ctx, func(at Head) bool { return at.Seq >= seq })
}

// Age returns how long ago it was certain that every commit of that moment had
// been applied. It is very long before the first time.
func (f *Follower) Age() time.Duration {
	p := f.position.proof.Load()
	if p == nil {
		return math.MaxInt64
	}
	// The longer of the two: the monotonic clock stands still while a virtual
	// machine is suspended, and the other one may be set back.
	now := f.now()
	return max(now.monotonic.Sub(p.monotonic), time.Duration(now.wall-p.wall))
}

// now returns the time on both clocks.
func (f *Follower) now() proof {
	now := time.Now()
	if f.cfg.Wall != nil {
		return proof{now, f.cfg.Wall().UnixNano()}
	}
	return proof{now, now.UnixNano()}
}

// Fresh reports whether Age is within the lease: whether what the sink holds
// may be served without asking the source. It is false, too, while the sink is
// of an earlier epoch than the log is known to be in.
func (f *Follower) Fresh() bool {
	return f.Age() < f.cfg.Lease && !f.position.resetDue.Load() && f.position.ownHead().Epoch <= f.position.head().Epoch
}
