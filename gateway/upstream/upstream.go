// Package upstream keeps the connections to the replicas of one service, finds
// out where they are and which of them are ready, and spreads requests over
// those.
package upstream

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"stockroom/gateway/admission"
	"stockroom/pkg/wire"
)

// The ways in which a request can go unanswered.
var (
	// ErrAway says that no replica could be reached; nothing was sent.
	ErrAway = errors.New("no replica can be reached")
	// ErrBusy says that the replicas have as many requests as they can answer;
	// nothing was sent.
	ErrBusy = errors.New("no replica has room")
	// ErrTimeout says that the answer did not come in time.
	ErrTimeout = errors.New("no answer in time")
	// ErrBroken says that the connection broke or the answer made no sense.
	ErrBroken = errors.New("broken answer")
)

// Config says where the replicas of a service are. The durations have defaults.
type Config struct {
	Name         string
	URLs         []string // http://host:port; every address of the host is a replica
	InternalURLs []string // where each answers /readyz; none: the same host, port + 1000
	Resolver     Resolver // nil: the one of Go
	Log          *slog.Logger
	Answers      *wire.Budget // what large answers hold of together, see [Answer]; nil: whatever they need

	ProbeEvery   time.Duration // each replica
	ResolveEvery time.Duration // each host name
	ForgetAfter  time.Duration // a replica that is ready, but whose name does not lead to it any more
}

const (
	probeEvery   = 200 * time.Millisecond // a service that stops says so for 500 ms
	resolveEvery = time.Second
	forgetAfter  = 30 * time.Second // no outage of a name server takes a replica away that works
)

func (cfg Config) withDefaults() Config {
	cfg.ProbeEvery = cmp.Or(cfg.ProbeEvery, probeEvery)
	cfg.ResolveEvery = cmp.Or(cfg.ResolveEvery, resolveEvery)
	cfg.ForgetAfter = cmp.Or(cfg.ForgetAfter, forgetAfter)
	if cfg.Resolver == nil {
		cfg.Resolver = goResolver()
	}
	return cfg
}

// Pool is the replicas of one service.
type Pool struct {
	name     string
	names    []*name // those that have to be resolved
	replicas set
	queue    *admission.Queue[*replica]
	turn     atomic.Uint32
	looked   atomic.Bool
	retries  atomic.Int64
	budget   budget
	failures failures
}

// New prepares a pool. It connects to nothing yet.
func New(cfg Config) (*Pool, error) {
	places, err := cfg.places()
	if err != nil {
		return nil, fmt.Errorf("upstream %s: %w", cfg.Name, err)
	}
	cfg = cfg.withDefaults()
	p := &Pool{name: cfg.Name}
	p.queue = admission.New(p.replicas.all, p.pick)
	for _, at := range places {
		if at.literal() {
			r := newReplica(at, cfg)
			r.proven.Store(true) // there is nothing that could have named it by mistake
			p.replicas.add(r)
			continue
		}
		p.names = append(p.names, newName(at, cfg, &p.replicas))
	}
	return p, nil
}

// Run watches the replicas until ctx is done.
func (p *Pool) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, r := range p.replicas.all() {
		g.Go(func() error { return r.watch(ctx) })
	}
	for _, n := range p.names {
		g.Go(func() error { return n.follow(ctx) })
	}
	return g.Wait()
}

// Ready reports whether at least one replica answers.
func (p *Pool) Ready() bool {
	for _, r := range p.replicas.all() {
		if r.ready.Load() {
			return true
		}
	}
	return false
}

// Looked reports whether the pool has looked for replicas since it runs, and
// knows of those it found which are ready.
func (p *Pool) Looked() bool {
	if p.looked.Load() {
		return true
	}
	for _, n := range p.names {
		if !n.asked.Load() {
			return false
		}
	}
	for _, r := range p.replicas.all() {
		if !r.asked.Load() {
			return false
		}
	}
	p.looked.Store(true)
	return true
}

// attempts bounds how often one request is tried, whatever happens.
const attempts = 3

// Do sends q, when its turn comes, and waits for the answer until the deadline;
// what a holds otherwise is nothing. A request of which no byte left is tried again elsewhere; one whose
// answer was lost only if its method is safe, only once, and only within the
// [budget].
func (p *Pool) Do(q *Request, a *Answer, priority admission.Priority, deadline time.Time) error {
	p.budget.earn()
	err := p.try(q, a, priority, deadline)
	p.failures.note(err)
	return err
}

func (p *Pool) try(q *Request, a *Answer, priority admission.Priority, deadline time.Time) error {
	var (
		tried *replica
		lost  bool
		err   = ErrAway
	)
	safe := q.isSafe()
	for attempt := range attempts {
		r, full := p.queue.Enter(priority, deadline, tried)
		if full != nil && attempt == 0 {
			err = ErrBusy
		}
		if r == nil {
			break
		}
		if attempt > 0 {
			p.retries.Add(1)
		}
		err = p.ask(r, q, a, priority, deadline)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, ErrAway):
		case errors.Is(err, ErrBroken) && safe && !lost && p.budget.retry():
			lost = true
		default:
			return fmt.Errorf("%s: %w", p.name, err)
		}
		tried = r
	}
	return fmt.Errorf("%s: %w", p.name, err)
}

// ask sends q to r, where there is room for it.
func (p *Pool) ask(r *replica, q *Request, a *Answer, priority admission.Priority, deadline time.Time) (err error) {
	sent, answered := time.Now(), false
	defer func() { p.queue.Leave(r, priority, sent, answered) }()
	err = r.do(q, a, deadline.Sub(sent), deadline)
	answered = err == nil
	return err
}

// pick returns the ready replica that has the most room, in turn where they are
// equal, and rather another one than tried. If none is ready it returns one all
// the same that has been: the last word has the connection, not the probe. It
// returns nil if there is none.
func (p *Pool) pick(priority admission.Priority, tried *replica) *replica {
	all := p.replicas.all()
	n := uint32(len(all)) //nolint:gosec // they are bounded
	first := p.turn.Add(1)
	var best *replica
	for i := range n {
		r := all[(first+i)%n]
		if r.proven.Load() && (best == nil || r.better(best, priority, tried)) {
			best = r
		}
	}
	return best
}
