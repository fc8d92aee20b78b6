package upstream_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/gateway/upstream"
)

// names is a name server that says what a test wants.
type names struct {
	mu    sync.Mutex
	addrs []string
	err   error
	asked atomic.Int32
}

func (n *names) LookupHost(context.Context, string) ([]string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked.Add(1)
	return n.addrs, n.err
}

func (n *names) say(err error, addrs ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.addrs, n.err = addrs, err
}

// heard waits until what the name server said last has been taken note of.
func (n *names) heard(t *testing.T) {
	t.Helper()

	now := n.asked.Load()
	require.Eventually(t, func() bool { return n.asked.Load() >= now+2 }, soon, tick)
}

// The addresses of the replicas: all of them are this machine.
const (
	first  = "127.0.0.2"
	second = "127.0.0.3"
)

// town is a name with replicas behind it, which listen on the same ports.
type town struct {
	names
	public, internal string // ports
}

func newTown(t *testing.T) *town {
	t.Helper()

	// Whoever holds a port at one loopback address keeps it free at the others.
	reserve := func() string {
		ln := listen(t, "127.0.0.1:0")
		t.Cleanup(func() { _ = ln.Close() })
		_, port, err := net.SplitHostPort(ln.Addr().String())
		require.NoError(t, err)
		return port
	}
	return &town{public: reserve(), internal: reserve()}
}

// service starts a replica at addr.
func (tn *town) service(t *testing.T, addr string, answer http.HandlerFunc) *service {
	t.Helper()
	return newServiceOn(t, listen(t, net.JoinHostPort(addr, tn.public)), listen(t, net.JoinHostPort(addr, tn.internal)), answer)
}

func (tn *town) config() upstream.Config {
	return upstream.Config{
		Name: "test", URLs: []string{"http://town:" + tn.public}, InternalURLs: []string{"http://town:" + tn.internal},
		Resolver: tn, Log: slog.New(slog.DiscardHandler),
		ProbeEvery: 5 * tick, ResolveEvery: 5 * tick, ForgetAfter: time.Hour,
	}
}

func (tn *town) pool(t *testing.T, change func(cfg *upstream.Config)) *upstream.Pool {
	t.Helper()

	cfg := tn.config()
	if change != nil {
		change(&cfg)
	}
	p, err := upstream.New(cfg)
	require.NoError(t, err)
	start(t, p)
	return p
}

// serves waits until s has got a request.
func serves(t *testing.T, p *upstream.Pool, s *service) {
	t.Helper()

	before := s.hits.Load()
	require.Eventually(t, func() bool { return do(p, http.MethodPost, soon) == nil && s.hits.Load() > before }, soon, tick)
}

func TestEveryAddressIsAReplica(t *testing.T) {
	t.Parallel()

	tn := newTown(t)
	a, b := tn.service(t, first, ok), tn.service(t, second, ok)
	tn.say(nil, first, second)
	p := tn.pool(t, nil)
	serves(t, p, a)
	serves(t, p, b)
}

func TestNewAddressJoinsWhenItIsReady(t *testing.T) {
	t.Parallel()

	tn := newTown(t)
	a, b := tn.service(t, first, ok), tn.service(t, second, ok)
	b.unready.Store(true)
	tn.say(nil, first)
	p := tn.pool(t, nil)

	tn.say(nil, first, second)
	require.Eventually(t, func() bool { return b.probes.Load() > 1 }, soon, tick)
	require.NoError(t, do(p, http.MethodPost, soon))
	a.unready.Store(true)
	require.Eventually(t, func() bool { return !p.Ready() }, soon, tick)
	for range 5 {
		require.NoError(t, do(p, http.MethodPost, soon))
	}
	require.Zero(t, b.hits.Load(), "what was never ready may be anything")

	b.unready.Store(false)
	serves(t, p, b)
}

func TestAddressThatIsGoneLeaves(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		change func(cfg *upstream.Config)
		gone   func(a *service)
	}{
		"AtOnceIfNotReady": {nil, func(a *service) { a.unready.Store(true) }},
		"AfterAWhileIfSo":  {func(cfg *upstream.Config) { cfg.ForgetAfter = 20 * tick }, func(*service) {}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			tn := newTown(t)
			arrived, release := make(chan struct{}), make(chan struct{})
			a := tn.service(t, first, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPut {
					close(arrived)
					<-release
				}
				ok(w, r)
			})
			b := tn.service(t, second, ok)
			tn.say(nil, first)
			p := tn.pool(t, tt.change)
			serves(t, p, a)
			underWay := make(chan error, 1)
			go func() { underWay <- do(p, http.MethodPut, soon) }()
			<-arrived

			tn.say(nil, second)
			tt.gone(a)
			serves(t, p, b)
			require.Eventually(t, func() bool {
				before := a.probes.Load()
				tn.heard(t)
				return a.probes.Load() == before
			}, soon, tick, "nobody asks it any more")
			before := a.hits.Load()
			for range 10 {
				require.NoError(t, do(p, http.MethodPost, soon))
			}
			require.Equal(t, before, a.hits.Load())

			close(release)
			require.NoError(t, <-underWay, "what was under way has been finished")
			require.Eventually(t, func() bool { return a.open.Load() == 0 }, soon, tick)

			tn.say(nil, first, second)
			a.unready.Store(false)
			serves(t, p, a)
		})
	}
}

func TestNameServerThatIsWrongForAMomentChangesNothing(t *testing.T) {
	t.Parallel()

	for name, wrong := range map[string]func(tn *town){
		"NoAnswer":     func(tn *town) { tn.say(errors.New("no such host")) },
		"EmptyAnswer":  func(tn *town) { tn.say(nil) },
		"OtherAnswers": func(tn *town) { tn.say(nil, second) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			tn := newTown(t)
			a := tn.service(t, first, ok)
			tn.say(nil, first)
			p := tn.pool(t, nil)

			wrong(tn)
			tn.heard(t)
			serves(t, p, a)

			a.unready.Store(true)
			require.Eventually(t, func() bool { return !p.Ready() }, soon, tick)
			tn.say(nil, first)
			a.unready.Store(false)
			require.Eventually(t, p.Ready, soon, tick)
			serves(t, p, a)
		})
	}
}

func TestConnectionThatFailsHasTheNameResolvedAtOnce(t *testing.T) {
	t.Parallel()

	tn := newTown(t)
	a, b := tn.service(t, first, ok), tn.service(t, second, ok)
	tn.say(nil, first)
	p := tn.pool(t, func(cfg *upstream.Config) { cfg.ResolveEvery = time.Hour })
	serves(t, p, a)

	tn.say(nil, second)
	a.public.Close()
	serves(t, p, b)
}

func TestNumberOfReplicasIsBounded(t *testing.T) {
	t.Parallel()

	var (
		mu   sync.Mutex
		seen = map[string]bool{}
	)
	internal := serveOn(t, listen(t, "0.0.0.0:0"), func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen[r.Host] = true
	}, nil)
	_, port, err := net.SplitHostPort(internal.Listener.Addr().String())
	require.NoError(t, err)
	var all []string
	for i := range 1000 {
		all = append(all, fmt.Sprintf("127.1.%d.%d", i/100, i%100+1))
	}
	tn := &town{public: "1", internal: port}
	tn.say(nil, all...)
	tn.pool(t, nil)

	const most = 128
	known := func() int {
		mu.Lock()
		defer mu.Unlock()
		return len(seen)
	}
	require.Eventually(t, func() bool { return known() >= most }, soon, tick)
	tn.heard(t)
	require.Equal(t, most, known())
}

func TestPoolHasLookedWhenEveryReplicaWasAsked(t *testing.T) {
	t.Parallel()

	tn := newTown(t)
	p, err := upstream.New(tn.config())
	require.NoError(t, err)
	require.False(t, p.Looked())
	require.ErrorIs(t, do(p, http.MethodGet, soon), upstream.ErrAway)

	tn.service(t, first, ok)
	tn.say(nil, first, second) // where nobody is
	start(t, p)
	require.Eventually(t, p.Looked, soon, tick)
	require.True(t, p.Ready())
}
