package upstream_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/gateway/admission"
	"stockroom/gateway/upstream"
	"stockroom/pkg/web"
)

const (
	soon = 5 * time.Second
	tick = time.Millisecond
)

// service is a replica whose answers a test decides on.
type service struct {
	public, internal *httptest.Server
	hits, probes     atomic.Int32
	open             atomic.Int32 // connections to the public door
	unready          atomic.Bool
}

func newService(t *testing.T, answer http.HandlerFunc) *service {
	t.Helper()
	return newServiceOn(t, listen(t, "127.0.0.1:0"), listen(t, "127.0.0.1:0"), answer)
}

func newServiceOn(t *testing.T, public, internal net.Listener, answer http.HandlerFunc) *service {
	t.Helper()

	s := &service{}
	s.public = serveOn(t, public, func(w http.ResponseWriter, r *http.Request) {
		s.hits.Add(1)
		answer(w, r)
	}, func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			s.open.Add(1)
		case http.StateClosed:
			s.open.Add(-1)
		default:
		}
	})
	s.internal = serveOn(t, internal, func(w http.ResponseWriter, _ *http.Request) {
		s.probes.Add(1)
		if s.unready.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}, nil)
	return s
}

func serveOn(t *testing.T, ln net.Listener, answer http.HandlerFunc, state func(net.Conn, http.ConnState)) *httptest.Server {
	t.Helper()

	server := &httptest.Server{Listener: ln, Config: &http.Server{Handler: answer, ConnState: state, ReadHeaderTimeout: soon}}
	server.Start()
	t.Cleanup(server.Close)
	return server
}

func listen(t *testing.T, addr string) net.Listener {
	t.Helper()

	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", addr)
	require.NoError(t, err)
	return ln
}

func ok(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }

// hangUp ends the connection without an answer, after the request was read.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func newPool(t *testing.T, services ...*service) *upstream.Pool {
	t.Helper()

	cfg := upstream.Config{Name: "test", ProbeEvery: 5 * tick, Log: slog.New(slog.DiscardHandler)}
	for _, s := range services {
		cfg.URLs = append(cfg.URLs, s.public.URL)
		cfg.InternalURLs = append(cfg.InternalURLs, s.internal.URL)
	}
	p, err := upstream.New(cfg)
	require.NoError(t, err)
	return p
}

// start runs the probes of p, and waits until it knows of each replica whether it
// is ready, and that one is.
func start(t *testing.T, p *upstream.Pool) {
	t.Helper()

	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	require.Eventually(t, func() bool { return p.Ready() && p.Looked() }, soon, tick)
}

func do(p *upstream.Pool, method string, within time.Duration) error {
	q := upstream.Request{Head: []byte(method + " /x HTTP/1.1\r\nHost: test\r\n")}
	var a upstream.Answer
	if err := p.Do(&q, &a, admission.Read, time.Now().Add(within)); err != nil {
		return err
	}
	if a.Status != http.StatusOK {
		return fmt.Errorf("status %d", a.Status)
	}
	return nil
}

func TestRequestsAreSpread(t *testing.T) {
	t.Parallel()

	a, b := newService(t, ok), newService(t, ok)
	p := newPool(t, a, b)
	start(t, p)

	for range 20 {
		require.NoError(t, do(p, http.MethodGet, soon))
	}
	require.Positive(t, a.hits.Load())
	require.Positive(t, b.hits.Load())
}

func TestBusyReplicaIsSpared(t *testing.T) {
	t.Parallel()

	var hold atomic.Bool
	held, release := context.WithCancel(t.Context())
	slow := newService(t, func(w http.ResponseWriter, r *http.Request) {
		if hold.Load() {
			<-held.Done()
		}
		ok(w, r)
	})
	t.Cleanup(release) // also when the test fails: the server waits for its answers
	fast := newService(t, ok)
	p := newPool(t, slow, fast)
	start(t, p)
	require.Eventually(t, func() bool {
		return do(p, http.MethodGet, soon) == nil && slow.hits.Load() > 0 && fast.hits.Load() > 0
	}, soon, tick, "both are ready")

	hold.Store(true)
	before := slow.hits.Load()
	done := make(chan error, 1)
	for slow.hits.Load() == before {
		go func() { done <- do(p, http.MethodGet, soon) }()
		require.Eventually(t, func() bool { return len(done) == 1 || slow.hits.Load() > before }, soon, tick)
		if slow.hits.Load() == before {
			require.NoError(t, <-done)
		}
	}
	for range 10 {
		require.NoError(t, do(p, http.MethodGet, soon))
	}
	require.Equal(t, before+1, slow.hits.Load())
	release()
	require.NoError(t, <-done)
}

func TestReplicaThatIsNotReadyGetsNothing(t *testing.T) {
	t.Parallel()

	a, b := newService(t, ok), newService(t, ok)
	p := newPool(t, a, b)
	a.unready.Store(true)
	start(t, p)

	for range 10 {
		require.NoError(t, do(p, http.MethodPost, soon))
	}
	require.Zero(t, a.hits.Load())

	a.unready.Store(false)
	require.Eventually(t, func() bool { return do(p, http.MethodGet, soon) == nil && a.hits.Load() > 0 }, soon, tick)
	a.unready.Store(true)
	b.unready.Store(true)
	require.Eventually(t, func() bool { return !p.Ready() }, soon, tick)
	require.NoError(t, do(p, http.MethodGet, soon), "while none is ready, the connection decides")
}

func TestReplicaThatIsGoneCostsNothing(t *testing.T) {
	t.Parallel()

	a, b := newService(t, ok), newService(t, ok)
	p := newPool(t, a, b)
	start(t, p)
	a.public.Close()

	for range 10 {
		require.NoError(t, do(p, http.MethodPost, soon), "nothing was sent, so a write may go elsewhere")
	}
	b.public.Close()
	require.ErrorIs(t, do(p, http.MethodGet, soon), upstream.ErrAway)
}

// Connections that the service closed while they were idle fail no write.
func TestStaleConnectionsFailNothing(t *testing.T) {
	t.Parallel()

	s := newService(t, ok)
	p := newPool(t, s)
	start(t, p)
	for range 20 {
		require.NoError(t, do(p, http.MethodPost, soon))
		s.public.CloseClientConnections()
	}
	require.Equal(t, int32(20), s.hits.Load(), "each exactly once")
}

func TestLostAnswers(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		method string
		want   int32
	}{
		"ReadIsTriedOnceMore": {http.MethodGet, 2},
		"HeadIsTriedOnceMore": {http.MethodHead, 2},
		"PostIsNeverRepeated": {http.MethodPost, 1},
		"PutIsNeverRepeated":  {http.MethodPut, 1},
		"DeleteIsNotRepeated": {http.MethodDelete, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s := newService(t, hangUp)
			p := newPool(t, s)
			require.ErrorIs(t, do(p, tt.method, soon), upstream.ErrBroken)
			require.Equal(t, tt.want, s.hits.Load())
		})
	}
}

// A service that loses all it is asked does not get twice as much to do.
func TestRequestsAreSentAgainWithinABudget(t *testing.T) {
	t.Parallel()

	s := newService(t, hangUp)
	p := newPool(t, s)
	start(t, p)

	const asked, atOnce = 2000, 512
	for range asked {
		require.ErrorIs(t, do(p, http.MethodGet, soon), upstream.ErrBroken)
	}

	again := int(s.hits.Load()) - asked
	require.Greater(t, again, atOnce, "the death of a replica costs nobody an answer")
	require.LessOrEqual(t, again, atOnce+asked/5)
}

func TestReplicaHearsHowLongItHas(t *testing.T) {
	t.Parallel()

	heard := make(chan string, 1)
	p := newPool(t, newService(t, func(w http.ResponseWriter, r *http.Request) {
		heard <- r.Header.Get(web.HeaderTimeout)
		ok(w, r)
	}))
	start(t, p)

	require.NoError(t, do(p, http.MethodGet, soon))

	d, err := time.ParseDuration(<-heard)
	require.NoError(t, err)
	require.Positive(t, d)
	require.LessOrEqual(t, d, soon)
}

func TestReplicaThatBreaksIsLeftOut(t *testing.T) {
	t.Parallel()

	bad := newService(t, hangUp)
	good := newService(t, ok)
	p := newPool(t, bad, good)
	start(t, p)
	bad.unready.Store(true) // and no probe will bring it back

	for range 20 {
		require.NoError(t, do(p, http.MethodGet, soon))
	}
	require.LessOrEqual(t, bad.hits.Load(), int32(3))
}

// A request that waits takes up nothing that is for answers.
func TestRoomIsMadeForAnswersOnly(t *testing.T) {
	t.Parallel()

	var silent atomic.Bool
	p := newPool(t, newService(t, func(w http.ResponseWriter, r *http.Request) {
		if silent.Load() {
			<-r.Context().Done()
			return
		}
		ok(w, r)
	}))
	start(t, p)

	q := upstream.Request{Head: []byte("GET / HTTP/1.1\r\nHost: test\r\n")}
	asked := 0
	a := upstream.Answer{Room: func() []byte { asked++; return make([]byte, 100) }}
	require.NoError(t, p.Do(&q, &a, admission.Read, time.Now().Add(soon)))
	require.Equal(t, "ok", string(a.Body))
	require.Equal(t, 1, asked)

	silent.Store(true)
	a.Clear()
	require.ErrorIs(t, p.Do(&q, &a, admission.Read, time.Now().Add(10*tick)), upstream.ErrTimeout)
	require.Equal(t, 1, asked)
}

func TestDeadline(t *testing.T) {
	t.Parallel()

	release := make(chan struct{})
	s := newService(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	p := newPool(t, s)

	require.ErrorIs(t, do(p, http.MethodGet, 200*tick), upstream.ErrTimeout)
	require.Equal(t, int32(1), s.hits.Load(), "what was too slow once is not asked again")
}
