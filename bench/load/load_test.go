package load_test

import (
	"bytes"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"stockroom/bench/load"
)

var requests = [][]byte{
	[]byte("GET /a HTTP/1.1\r\nHost: test\r\n\r\n"),
	[]byte("GET /b HTTP/1.1\r\nHost: test\r\n\r\n"),
}

// seen counts what a server was asked for.
type seen struct {
	mu          sync.Mutex
	paths       map[string]int
	connections map[uint64]bool
}

func (s *seen) answer(ctx *fasthttp.RequestCtx) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paths[string(ctx.Path())]++
	s.connections[ctx.ConnID()] = true
}

// serve starts a server that answers until the test ends.
func serve(t *testing.T, handler fasthttp.RequestHandler) (addr string) {
	t.Helper()

	var cfg net.ListenConfig
	ln, err := cfg.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := &fasthttp.Server{Handler: handler}
	done := make(chan error, 1)
	go func() { done <- server.Serve(ln) }()
	t.Cleanup(func() {
		require.NoError(t, server.Shutdown())
		require.NoError(t, <-done)
	})
	return ln.Addr().String()
}

func TestLoad(t *testing.T) {
	t.Parallel()

	const connections = 4
	for name, c := range map[string]struct {
		send func(t *testing.T, plan load.Plan) (load.Result, error)
		want int // zero: any number
	}{
		"For": {send: func(t *testing.T, p load.Plan) (load.Result, error) {
			return load.For(t.Context(), p, 20*time.Millisecond)
		}},
		"Kept": {send: func(t *testing.T, p load.Plan) (load.Result, error) {
			p.Kept = new(load.Connections)
			defer p.Kept.Close()
			sent, err := load.Count(t.Context(), p, 10)
			require.NoError(t, err)
			more, err := load.For(t.Context(), p, 20*time.Millisecond)
			sent.Add(more)
			return sent, err
		}},
		"Count": {func(t *testing.T, p load.Plan) (load.Result, error) { return load.Count(t.Context(), p, 100) }, 100},
		"AtRate": { // what is late is not left out
			func(t *testing.T, p load.Plan) (load.Result, error) {
				return load.AtRate(t.Context(), p, 1000, 50*time.Millisecond)
			}, 50,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s := &seen{paths: map[string]int{}, connections: map[uint64]bool{}}
			plan := load.Plan{Addr: serve(t, s.answer), Requests: requests, Connections: connections}
			result, err := c.send(t, plan)
			require.NoError(t, err)
			require.EqualValues(t, s.paths["/a"]+s.paths["/b"], result.Requests)
			require.Equal(t, result.Requests, result.Latency.TotalCount())
			require.Positive(t, result.Took)
			require.Len(t, s.connections, connections, "each is kept")
			require.InDelta(t, s.paths["/a"], s.paths["/b"], connections, "they take turns")
			if c.want != 0 {
				require.EqualValues(t, c.want, result.Requests)
			}
		})
	}
}

func TestOtherStatusIsAnError(t *testing.T) {
	t.Parallel()

	addr := serve(t, func(ctx *fasthttp.RequestCtx) {
		if bytes.Equal(ctx.Path(), []byte("/b")) {
			ctx.Error("too many", fasthttp.StatusTooManyRequests)
		}
	})
	_, err := load.Count(t.Context(), load.Plan{Addr: addr, Requests: requests, Connections: 2}, 10)
	require.ErrorContains(t, err, "429: too many")
}
