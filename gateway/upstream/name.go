package upstream

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"stockroom/pkg/run"
)

// Resolver finds the addresses of a host. [net.Resolver] is one.
type Resolver interface {
	LookupHost(ctx context.Context, host string) ([]string, error)
}

// goResolver does not ask the C library, which keeps a thread for each question
// and cannot be stopped.
func goResolver() Resolver { return &net.Resolver{PreferGo: true} }

const (
	lookupTimeout = 2 * time.Second
	lookupPause   = 50 * time.Millisecond // however many connections fail
)

var errNowhere = errors.New("the name leads nowhere")

// name is a host name, and the replicas that it leads to.
type name struct {
	at       place
	cfg      Config
	log      *slog.Logger
	replicas *set
	members  map[string]*member // by address; only follow touches them
	watchers sync.WaitGroup
	doubt    chan struct{} // something could not be reached where it was
	asked    atomic.Bool   // at least once
	away     bool          // the last lookup failed, and it was logged
	full     bool          // there was no room for a replica, and it was logged
}

// member is a replica and what its name says about it.
type member struct {
	*replica
	stop    context.CancelFunc
	missing time.Time // since when the name does not lead to it; zero if it does
}

func newName(at place, cfg Config, replicas *set) *name {
	return &name{
		at: at, cfg: cfg, replicas: replicas, members: map[string]*member{}, doubt: make(chan struct{}, 1),
		log: cfg.Log.With("upstream", cfg.Name, "host", at.host),
	}
}

// follow keeps the replicas that the name leads to among those of its pool,
// until ctx is done.
func (n *name) follow(ctx context.Context) error {
	defer n.watchers.Wait()
	tick := time.NewTicker(n.cfg.ResolveEvery)
	defer tick.Stop()
	for {
		n.update(ctx)
		if !run.Pause(ctx, min(lookupPause, n.cfg.ResolveEvery)) {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-n.doubt:
		}
	}
}

// doubted has the name resolved at once.
func (n *name) doubted() {
	select {
	case n.doubt <- struct{}{}:
	default: // it will be anyway
	}
}

func (n *name) update(ctx context.Context) {
	addrs, err := n.lookup(ctx)
	if ctx.Err() != nil {
		return
	}
	defer n.asked.Store(true)
	if err != nil {
		// Everything stays as it is: a name server that is away, or has nothing to
		// say for a moment, knows less than the probes do.
		if !n.away {
			n.log.WarnContext(ctx, "name cannot be resolved", "err", err)
		}
		n.away = true
		return
	}
	n.away = false
	for _, addr := range addrs {
		n.found(ctx, addr)
	}
	for addr, m := range n.members {
		if !slices.Contains(addrs, addr) {
			n.missed(addr, m)
		}
	}
}

func (n *name) lookup(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	addrs, err := n.cfg.Resolver.LookupHost(ctx, n.at.host)
	if err == nil && len(addrs) == 0 {
		err = errNowhere
	}
	return addrs, err
}

// found takes note that the name leads to addr. A replica that is new there
// gets requests from its first good probe on.
func (n *name) found(ctx context.Context, addr string) {
	if m, ok := n.members[addr]; ok {
		m.missing = time.Time{}
		return
	}
	r := newReplica(n.at.withHost(addr), n.cfg)
	r.doubted = n.doubted
	if !n.replicas.add(r) {
		if !n.full {
			n.log.WarnContext(ctx, "more replicas than there is room for", "room", maxReplicas)
		}
		n.full = true
		return
	}
	n.full = false
	ctx, stop := context.WithCancel(ctx)
	n.members[addr] = &member{replica: r, stop: stop}
	n.watchers.Go(func() { _ = r.watch(ctx) }) // it only ever ends with ctx
}

// missed takes note that the name does not lead to m any more, which leaves if
// it is not ready either, or if that lasts. What is under way there goes on.
func (n *name) missed(addr string, m *member) {
	now := time.Now()
	if m.missing.IsZero() {
		m.missing = now
	}
	if m.ready.Load() && now.Sub(m.missing) < n.cfg.ForgetAfter {
		return
	}
	delete(n.members, addr)
	n.replicas.remove(m.replica)
	m.stop()
	m.leave()
}
