package wire_test

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"stockroom/pkg/wire"
)

const soon = 10 * time.Second

// door is a server that is as the gateway is.
type door struct {
	*wire.Listener
	addr    string
	release chan struct{} // answers to /wait wait for this
	waiting chan struct{}
	answers *wire.Budget // for those to /large
}

// large is more than the system keeps of a connection.
const large = 16 << 20

func open(t *testing.T, limits wire.Limits, change ...func(*fasthttp.Server)) *door {
	t.Helper()

	var cfg net.ListenConfig
	inner, err := cfg.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return openAt(t, inner, limits, change...)
}

func openAt(t *testing.T, inner net.Listener, limits wire.Limits, change ...func(*fasthttp.Server)) *door {
	t.Helper()

	d := &door{wire.ListenWithin(inner, limits), inner.Addr().String(), make(chan struct{}), make(chan struct{}, 10), nil}
	server := &fasthttp.Server{
		Handler: func(ctx *fasthttp.RequestCtx) {
			if string(ctx.Path()) == "/wait" {
				d.waiting <- struct{}{}
				<-d.release
			}
			if string(ctx.Path()) == "/large" {
				n, err := d.answers.Take(20000)
				if err != nil {
					ctx.SetStatusCode(fasthttp.StatusServiceUnavailable)
					return
				}
				ctx.Conn().(*wire.Conn).Owe(d.answers, n)
				ctx.SetBodyString(strings.Repeat("x", large))
				return
			}
			_, _ = fmt.Fprintf(ctx, "%s %s %d", ctx.Method(), ctx.Path(), len(ctx.PostBody()))
		},
		ErrorHandler: func(ctx *fasthttp.RequestCtx, cause error) {
			wire.HangUp(ctx)
			ctx.SetStatusCode(fasthttp.StatusBadRequest)
			ctx.SetBodyString(wire.Unreadable(ctx.Conn(), cause).Code)
		},
		Logger:         log.New(io.Discard, "", 0),
		ReadBufferSize: wire.MaxHead, ReadTimeout: soon, WriteTimeout: soon, IdleTimeout: soon,
		ReduceMemoryUsage: true, ConnState: d.State,
	}
	for _, apply := range change {
		apply(server)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(d) }()
	t.Cleanup(func() {
		close(d.release)
		require.NoError(t, d.Close())
		require.NoError(t, <-done)
		require.NoError(t, server.Shutdown())
	})
	return d
}

// client is a connection, and what comes over it.
type client struct {
	net.Conn
	answers *bufio.Reader
}

func (d *door) connect(t *testing.T) client {
	t.Helper()

	var dialer net.Dialer
	c, err := dialer.DialContext(t.Context(), "tcp", d.addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(soon)))
	return client{c, bufio.NewReader(c)}
}

func (c client) send(t *testing.T, text string) {
	t.Helper()

	_, err := io.WriteString(c, text)
	require.NoError(t, err)
}

// hears returns the next answer.
func (c client) hears(t *testing.T) string {
	t.Helper()

	res, err := http.ReadResponse(c.answers, nil)
	require.NoError(t, err)
	defer res.Body.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return string(body)
}

// ends makes sure that nothing more comes.
func (c client) ends(t *testing.T) {
	t.Helper()

	_, err := c.answers.ReadByte()
	require.Error(t, err)
	require.NotErrorIs(t, err, os.ErrDeadlineExceeded, "it stays open")
}

const get = "GET /%s HTTP/1.1\r\nHost: a\r\n\r\n"

// However a request arrives, it is the same.
func TestRequestsInPieces(t *testing.T) {
	t.Parallel()

	d := open(t, wire.Limits{First: soon, Head: soon, Body: 1 << 20, Bodies: wire.NewBudget(2 << 20)})
	long := "GET /long HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 14<<10) + "\r\n\r\n"
	post := "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n" + strings.Repeat("y", 20000)
	chunked := "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
	all := fmt.Sprintf(get, "1") + long + post + fmt.Sprintf(get, "2") + chunked + fmt.Sprintf(get, "3")
	want := []string{"GET /1 0", "GET /long 0", "POST /p 20000", "GET /2 0", "POST /c 3", "GET /3 0"}
	for _, size := range []int{1, 7, 500, 2048, 5000, len(all)} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()

			c := d.connect(t)
			go func() {
				for rest := all; rest != ""; {
					n := min(size, len(rest))
					if _, err := io.WriteString(c, rest[:n]); err != nil {
						return
					}
					rest = rest[n:]
				}
			}()
			for _, answer := range want {
				require.Equal(t, answer, c.hears(t))
			}
		})
	}
}

func TestPhasesEnd(t *testing.T) {
	t.Parallel()

	const short = 50 * time.Millisecond
	d := open(t, wire.Limits{First: short, Head: short, SmallBody: short, Body: 1 << 20})
	t.Run("Nothing", func(t *testing.T) {
		t.Parallel()
		d.connect(t).ends(t)
	})
	t.Run("HalfAHead", func(t *testing.T) {
		t.Parallel()

		c := d.connect(t)
		c.send(t, "GET / HTTP/1.1\r\nHost:")
		require.Equal(t, "request_timeout", c.hears(t))
		c.ends(t)
	})
	t.Run("LaterHead", func(t *testing.T) {
		t.Parallel()

		c := d.connect(t)
		c.send(t, fmt.Sprintf(get, ""))
		c.hears(t)
		c.send(t, "GET / HTTP/1.1\r\nHost:")
		require.Equal(t, "request_timeout", c.hears(t))
		c.ends(t)
	})
	t.Run("HalfASmallBody", func(t *testing.T) {
		t.Parallel()

		c := d.connect(t)
		c.send(t, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab")
		require.Equal(t, "request_timeout", c.hears(t))
		c.ends(t)
	})
	t.Run("HeadThatIsTooLarge", func(t *testing.T) {
		t.Parallel()

		c := d.connect(t)
		c.send(t, "GET / HTTP/1.1\r\nHost: a\r\n"+strings.Repeat("A: b\r\n", wire.MaxHead/6))
		require.Equal(t, "headers_too_large", c.hears(t))
	})
}

// What the server gives a request holds for each of them anew.
func TestServersDeadlines(t *testing.T) {
	t.Parallel()

	const short = 100 * time.Millisecond
	impatient := func(s *fasthttp.Server) { s.ReadTimeout, s.WriteTimeout, s.IdleTimeout = short, short, short }
	const post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n"
	t.Run("Body", func(t *testing.T) {
		t.Parallel()

		c := open(t, wire.Limits{First: soon}, impatient).connect(t)
		for began := time.Now(); time.Since(began) < 3*short; { // longer than any of them
			c.send(t, post+strings.Repeat("x", 20000))
			require.Equal(t, "POST / 20000", c.hears(t))
		}
		c.send(t, post)
		require.Equal(t, "request_timeout", c.hears(t))
		c.ends(t)
	})
	t.Run("Idle", func(t *testing.T) {
		t.Parallel()

		c := open(t, wire.Limits{First: soon}, impatient).connect(t)
		c.send(t, fmt.Sprintf(get, ""))
		c.hears(t)
		c.ends(t)
	})
	t.Run("Answer", func(t *testing.T) {
		t.Parallel()

		d := open(t, wire.Limits{First: soon}, impatient)
		c := d.connect(t)
		c.send(t, fmt.Sprintf(get, "large"))
		_, err := c.answers.Peek(1)
		require.NoError(t, err)
		require.Eventually(t, func() bool { return d.Connections().Open == 0 }, soon, time.Millisecond, "nobody takes the rest")
	})
}

func TestOneAddressIsBounded(t *testing.T) {
	t.Parallel()

	d := open(t, wire.Limits{PerAddress: 2, First: soon})
	first, second := d.connect(t), d.connect(t)
	for _, c := range []client{first, second} {
		c.send(t, fmt.Sprintf(get, ""))
		c.hears(t)
	}
	d.connect(t).ends(t)
	require.EqualValues(t, 1, d.Connections().Greedy)
	require.NoError(t, first.Close())
	require.Eventually(t, func() bool { return d.Connections().Open == 1 }, soon, time.Millisecond)
	third := d.connect(t)
	third.send(t, fmt.Sprintf(get, "third"))
	require.Equal(t, "GET /third 0", third.hears(t))

	proxies := open(t, wire.Limits{PerAddress: 1, First: soon, Exempt: netip.Addr.IsLoopback})
	for range 3 {
		c := proxies.connect(t)
		c.send(t, fmt.Sprintf(get, ""))
		c.hears(t)
	}
}

// In a full house who is idle makes room, and who is not stays.
func TestAllAreBounded(t *testing.T) {
	t.Parallel()

	d := open(t, wire.Limits{Connections: 2, First: soon, Head: soon})
	busy := d.connect(t)
	busy.send(t, fmt.Sprintf(get, "wait"))
	<-d.waiting
	idle := d.connect(t)
	idle.send(t, fmt.Sprintf(get, ""))
	idle.hears(t)

	next := d.connect(t)
	next.send(t, fmt.Sprintf(get, "wait"))
	<-d.waiting
	idle.ends(t)
	require.Equal(t, wire.Connections{Open: 2, Evicted: 1}, d.Connections())

	d.connect(t).ends(t)
	require.Equal(t, wire.Connections{Open: 2, Evicted: 1, Full: 1}, d.Connections())
	d.release <- struct{}{}
	d.release <- struct{}{}
	require.Equal(t, "GET /wait 0", busy.hears(t))
	require.Equal(t, "GET /wait 0", next.hears(t))
}

func TestBodiesShareABudget(t *testing.T) {
	t.Parallel()

	budget := wire.NewBudget(60 << 10)
	d := open(t, wire.Limits{First: soon, Body: 1 << 20, Bodies: budget})
	const post = "POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n"
	body := strings.Repeat("x", 20000)
	first, second := d.connect(t), d.connect(t)
	first.send(t, post+body)
	<-d.waiting
	require.EqualValues(t, 20000, budget.Taken())
	second.send(t, post)
	require.Equal(t, "overloaded", second.hears(t))

	third := d.connect(t)
	third.send(t, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
	require.Equal(t, "POST / 3", third.hears(t), "small ones need no room")
	d.release <- struct{}{}
	first.hears(t)
	require.Eventually(t, func() bool { return budget.Taken() == 0 }, soon, time.Millisecond)
}

// Whoever is slow to take a large answer goes when others want one.
func TestSlowReadersMakeRoom(t *testing.T) {
	t.Parallel()

	budget := wire.NewBudget(60 << 10)
	d := open(t, wire.Limits{First: soon})
	budget.Relieve(d.CutSlow)
	d.answers = budget
	slow := d.connect(t)
	slow.send(t, fmt.Sprintf(get, "large"))
	require.Eventually(t, func() bool { return budget.Taken() > 0 }, soon, time.Millisecond)
	next := d.connect(t)
	next.send(t, fmt.Sprintf(get, "large"))
	require.Len(t, next.hears(t), large)
	require.EqualValues(t, 1, d.Connections().Slow)
	require.Zero(t, budget.Refused())
}

// crowded is a listener of a system that has no room at first.
type crowded struct {
	net.Listener
	left int
}

func (l *crowded) Accept() (net.Conn, error) {
	if l.left > 0 {
		l.left--
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return l.Listener.Accept()
}

func TestWithoutFilesItGoesOnLater(t *testing.T) {
	t.Parallel()

	var cfg net.ListenConfig
	inner, err := cfg.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	d := openAt(t, &crowded{inner, 3}, wire.Limits{First: soon})
	c := d.connect(t)
	c.send(t, fmt.Sprintf(get, ""))
	require.Equal(t, "GET / 0", c.hears(t))
}
