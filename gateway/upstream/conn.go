package upstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"stockroom/pkg/wire"
)

var (
	errDial  = errors.New("dial")
	errStale = errors.New("connection was closed while idle")

	errMore     = errors.New("more than one answer came")
	errEnd      = errors.New("the connection ended before the answer")
	errTooLarge = errors.New("the answer is too large")
	errUnread   = errors.New("the answer cannot be read")
)

// nonsense is why an answer cannot be believed.
type nonsense struct{ why error }

// Error implements [error].
func (n nonsense) Error() string { return "the answer makes no sense: " + n.why.Error() }

// Unwrap returns the reason.
func (n nonsense) Unwrap() error { return n.why }

// dial connects within timeout, and within [dialTimeout] if that is less.
func (cfg Config) dial(addr string, timeout time.Duration) (net.Conn, error) {
	if timeout <= 0 || timeout > dialTimeout {
		timeout = dialTimeout
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()

	c, err := connect(ctx, addr)
	if err != nil {
		return nil, err
	}
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		return nil, errors.Join(errDial, err, c.Close())
	}
	return &conn{Conn: c, line: newLine(raw)}, nil
}

// connect connects while ctx lasts.
func connect(ctx context.Context, addr string) (net.Conn, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDial, err)
	}
	return c, nil
}

// conn is a connection to a replica.
type conn struct {
	net.Conn
	line  *line
	head  []byte    // of a request
	until time.Time // the deadline
}

// early is by how much a deadline may be missed.
const early = 100 * time.Millisecond

// setDeadline sets the deadline for all that follows. One hardly later than the
// one that there is changes nothing: to set a timer for each request costs more
// than to give up a tenth of a second early.
func (c *conn) setDeadline(t time.Time) error {
	if d := t.Sub(c.until); !c.until.IsZero() && d >= 0 && d < early {
		return nil
	}
	c.until = t
	return c.SetDeadline(t)
}

// buffers are for what comes first of an answer, which is usually all of it.
var buffers = sync.Pool{New: func() any { return new([maxHead]byte) }}

// exchange sends a request and reads its answer. It reports whether the
// connection can be used again, and fails with [errStale] if nothing was sent, as
// the other side had hung up meanwhile: such a request may be sent again whatever
// its method. Nothing else can tell it from one that was lost half-way.
func (c *conn) exchange(q *Request, a *Answer, within time.Duration, until time.Time) (reusable bool, err error) {
	if err := c.setDeadline(until); err != nil {
		return false, err
	}
	buf := buffers.Get().(*[maxHead]byte) //nolint:forcetypeassert // there is nothing else in it
	defer buffers.Put(buf)
	n, err := c.ask(q, within, buf[:])
	if err != nil {
		return false, err
	}
	e := extent{toHead: q.toHead(), into: a}
	for {
		used, wrong := e.take(buf[:n])
		switch {
		case errors.Is(wrong, wire.ErrOverloaded), errors.Is(wrong, errTooLarge):
			return false, wrong
		case wrong != nil:
			return false, nonsense{wrong}
		case used < n: // it was for nobody, and so are those that follow
			return false, nil
		}
		if e.part == inBody && !e.open {
			return !e.closes, c.readBody(a, e.left)
		}
		if e.part == over {
			return !e.closes && !e.open, nil
		}
		n, err = c.Read(buf[:])
		if n == 0 && errors.Is(err, io.EOF) && e.open {
			return false, nil
		}
		if n == 0 && err != nil {
			return false, err
		}
	}
}

// ask sends a request, and returns how many bytes have come of its answer.
func (c *conn) ask(q *Request, within time.Duration, in []byte) (int, error) {
	var body []byte
	c.head, body = q.appendTo(c.head[:0], within)
	if len(body) > 0 {
		in = in[:0]
	}
	n, unsent, err := c.line.ask(c.head, in)
	if err != nil || n > 0 {
		return n, err
	}
	for _, rest := range [][]byte{unsent, body} {
		if len(rest) == 0 {
			continue
		}
		if _, err := c.Write(rest); err != nil {
			return 0, err
		}
	}
	return c.Read(in[:cap(in)])
}

// readBody reads the rest of a body.
func (c *conn) readBody(a *Answer, left int64) error {
	a.makeRoom()
	got := len(a.Body)
	a.Body = slices.Grow(a.Body, int(left))[:got+int(left)]
	_, err := io.ReadFull(c.Conn, a.Body[got:])
	return err
}
