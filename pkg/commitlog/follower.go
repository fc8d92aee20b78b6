package commitlog

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"

	"stockroom/pkg/failpoint"
)

// Sink is what a [Follower] keeps in step with a log: a cache, a list of
// revocations. Apply and Reset are called by one goroutine at a time.
type Sink interface {
	// Apply takes the event after the last one. What it cannot do it must make
	// harmless by itself: an error is logged, and the follower goes on.
	Apply(ctx context.Context, ev Event) error

	// Forget hears of an event before the ones that lead up to it. Dropping what
	// it names is always safe; Apply follows. It may be called beside Apply.
	Forget(ev Event)

	// Reset makes what is kept right as of h, or newer, whatever it was before:
	// at the start, and when the log has gone back to an earlier state. Nothing
	// is applied until it succeeds.
	Reset(ctx context.Context, h Head) error
}

// Config is what a [Follower] needs. Zero durations have the values that
// docs/coherence.md reasons with.
type Config struct {
	Source  Source
	Sink    Sink
	Bus     Bus    // nil: the probe alone brings the news
	Subject string // of the messages on Bus

	Probe time.Duration // between two looks at the head; 250 ms
	Lease time.Duration // how long a look proves being up to date; 1 s
	Log   *slog.Logger

	// Wall is the clock on the wall; nil: that of [time.Now].
	Wall func() time.Time
}

const (
	probeEvery   = 250 * time.Millisecond
	probeTimeout = 200 * time.Millisecond
	maxTimeout   = 2 * time.Second // of probes after others have failed
	leaseFor     = time.Second
	gapPatience  = 50 * time.Millisecond // for an event that others have overtaken
	commitWait   = 25 * time.Millisecond // for an own commit to be applied
	maxPending   = 4096                  // events that wait for an earlier one
	repairBatch  = 1000                  // events read from the log at once
)

// Follower keeps a [Sink] in step with a log. News come as messages, from
// whoever commits in this process (Committed), and from the log itself, which is
// asked for its head every 250 ms: what messages lose is applied then.
//
// All methods may be called at any time; nothing is applied unless Run runs.
type Follower struct {
	cfg Config

	mu      sync.Mutex
	pending map[int64]arrival // events that wait for an earlier one, or for the applier
	reset   *Head             // what Sink.Reset is due for

	position position
	kick     chan struct{} // there may be something to apply
	soon     chan struct{} // look at the head now

	logAway, busAway *Outage
	outOfReach       atomic.Bool

	applied  func(Event)
	repaired struct{ gap, probe atomic.Int64 }
}

// arrival is an event with the span that has brought it.
type arrival struct {
	Event
	span trace.Span
}

// NewFollower returns a follower of a log.
func NewFollower(cfg Config) *Follower {
	if cfg.Probe == 0 {
		cfg.Probe = probeEvery
	}
	if cfg.Lease == 0 {
		cfg.Lease = leaseFor
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	log := cfg.Log.With("subject", cfg.Subject)
	return &Follower{
		cfg:      cfg,
		logAway:  NewOutage(log, "following the commit log"),
		busAway:  NewOutage(log, "publishing commits"),
		pending:  map[int64]arrival{},
		applied:  func(Event) {},
		position: position{changed: make(chan struct{})},
		kick:     make(chan struct{}, 1),
		soon:     make(chan struct{}, 1),
	}
}

// Run follows until ctx is done, and returns nil then. It fails only if it
// cannot listen to the bus at all.
func (f *Follower) Run(ctx context.Context) error {
	f.position.begin()
	if f.cfg.Bus != nil {
		stop, err := f.cfg.Bus.Subscribe(f.cfg.Subject, f.receive, f.lookSoon)
		if err != nil {
			return err
		}
		defer stop()
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { f.applyUntil(ctx); return nil })
	g.Go(func() error { f.probeUntil(ctx); return nil })
	return g.Wait()
}

// Offer hands over an event from any source, in any order, any number of times.
// It is applied within the trace of ctx.
func (f *Follower) Offer(ctx context.Context, ev Event) {
	if early := f.add(ctx, ev, maxPending); early {
		f.cfg.Sink.Forget(ev)
	}
	notify(f.kick)
}

// add keeps ev until it is applied, unless there are room events already, and
// reports whether it came before its turn.
func (f *Follower) add(ctx context.Context, ev Event, room int) (early bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := f.position.head()
	if f.reset != nil {
		at = *f.reset
	}
	switch {
	case ev.Epoch > at.Epoch: // not started yet, or the log has begun anew
		f.lookSoon()
		return false
	case !at.Before(ev.Head()):
		return false
	case len(f.pending) >= room && ev.Seq > at.Seq+1:
		f.lookSoon() // the log still has it
		return true
	}
	f.pending[ev.Seq] = arrival{ev, trace.SpanFromContext(ctx)}
	return ev.Seq > at.Seq+1
}

// Committed hands over a commit of this process and tells the others. It
// returns when the commit has been applied here or, at the latest, after 25 ms;
// until it has, OwnSeq is ahead of Applied or Fresh is false.
func (f *Follower) Committed(ctx context.Context, ev Event) {
	f.position.committed(ev.Head())
	f.Offer(ctx, ev)
	if f.cfg.Bus != nil {
		f.publish(ctx, ev)
	}
	failpoint.Reach(failpoint.AfterPublish)
	ctx, cancel := context.WithTimeout(ctx, commitWait)
	defer cancel()
	f.position.until(ctx, func(at Head) bool { return !at.Before(ev.Head()) })
}

// lookSoon has the head looked at now instead of at the next turn.
func (f *Follower) lookSoon() { notify(f.soon) }

func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it has been said already
	}
}
