// Package upstream keeps the connections to the replicas of one service,
// watches which of them are ready, and spreads requests over those.
package upstream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
	"golang.org/x/sync/errgroup"
)

// The ways in which a request can go unanswered.
var (
	// ErrAway says that no replica could be reached; nothing was sent.
	ErrAway = errors.New("no replica can be reached")
	// ErrBusy says that all connections are taken; nothing was sent.
	ErrBusy = errors.New("all connections are taken")
	// ErrTimeout says that the answer did not come in time.
	ErrTimeout = errors.New("no answer in time")
	// ErrBroken says that the connection broke or the answer made no sense.
	ErrBroken = errors.New("broken answer")
)

// Config says where the replicas of a service are.
type Config struct {
	Name         string
	URLs         []string // http://host:port, one for each replica
	InternalURLs []string // where each answers /readyz; none: the same host, port + 1000
	ProbeEvery   time.Duration
	Log          *slog.Logger
}

// Pool is the replicas of one service.
type Pool struct {
	name     string
	replicas []*replica
	turn     atomic.Uint32
}

// New prepares a pool. It connects to nothing yet.
func New(cfg Config) (*Pool, error) {
	if len(cfg.URLs) == 0 {
		return nil, fmt.Errorf("upstream %s: no URL", cfg.Name)
	}
	if len(cfg.InternalURLs) != 0 && len(cfg.InternalURLs) != len(cfg.URLs) {
		return nil, fmt.Errorf("upstream %s: %d URLs but %d internal URLs", cfg.Name, len(cfg.URLs), len(cfg.InternalURLs))
	}
	if cfg.ProbeEvery <= 0 {
		cfg.ProbeEvery = 200 * time.Millisecond // a service that stops says so for 500 ms
	}
	p := &Pool{name: cfg.Name}
	for i, raw := range cfg.URLs {
		addr, err := address(raw)
		if err != nil {
			return nil, fmt.Errorf("upstream %s: %w", cfg.Name, err)
		}
		internal, err := nextDoor(addr)
		if len(cfg.InternalURLs) != 0 {
			internal, err = address(cfg.InternalURLs[i])
		}
		if err != nil {
			return nil, fmt.Errorf("upstream %s: %w", cfg.Name, err)
		}
		p.replicas = append(p.replicas, newReplica(addr, "http://"+internal+"/readyz", cfg))
	}
	return p, nil
}

// address returns the host:port of an http URL that has nothing else.
func address(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" || u.Hostname() == "" || u.User != nil || (u.Path != "" && u.Path != "/") || u.RawQuery != "" {
		return "", fmt.Errorf("%q is not of the form http://host:port", raw)
	}
	if u.Port() == "" {
		return net.JoinHostPort(u.Hostname(), "80"), nil
	}
	return u.Host, nil
}

// nextDoor returns where a service listens internally by convention.
func nextDoor(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", fmt.Errorf("internal address of %q: %w", addr, err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return "", fmt.Errorf("internal address of %q: %w", addr, err)
	}
	return net.JoinHostPort(host, strconv.Itoa(n+1000)), nil
}

// Run watches the replicas until ctx is done.
func (p *Pool) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, r := range p.replicas {
		g.Go(func() error { return r.watch(ctx) })
	}
	return g.Wait()
}

// Ready reports whether at least one replica answers.
func (p *Pool) Ready() bool {
	for _, r := range p.replicas {
		if r.ready.Load() {
			return true
		}
	}
	return false
}

// attempts bounds how often one request is tried, whatever happens.
const attempts = 3

// Do sends req and waits for the answer until the deadline. A request of which
// no byte left is tried again elsewhere; one whose answer was lost only if its
// method is safe, and only once.
func (p *Pool) Do(req *fasthttp.Request, resp *fasthttp.Response, deadline time.Time) error {
	var (
		tried *replica
		lost  bool
		err   error
	)
	safe := req.Header.IsGet() || req.Header.IsHead()
	for range attempts {
		r := p.pick(tried)
		err = r.do(req, resp, deadline)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, ErrAway):
		case errors.Is(err, ErrBroken) && safe && !lost:
			lost = true
		default:
			return fmt.Errorf("%s: %w", p.name, err)
		}
		tried = r
	}
	return fmt.Errorf("%s: %w", p.name, err)
}

// pick returns the ready replica with the fewest requests under way, in turn
// where they are equal, and rather another one than tried. If none is ready it
// returns one all the same: the last word has the connection, not the probe.
func (p *Pool) pick(tried *replica) *replica {
	n := uint32(len(p.replicas)) //nolint:gosec // a handful
	first := p.turn.Add(1)
	var best *replica
	for i := range n {
		if r := p.replicas[(first+i)%n]; best == nil || r.better(best, tried) {
			best = r
		}
	}
	return best
}
