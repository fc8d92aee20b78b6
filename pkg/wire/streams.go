package wire

import (
	"errors"
	"io"
	"net"
	"time"
)

// streams is the connections whose request has a body that is passed on as it
// comes. It is a [net.Listener] of its own, as a server either takes in all
// bodies or none.
type streams struct {
	addr   net.Addr
	given  chan net.Conn
	closed chan struct{}
}

// Streams returns where those connections arrive that [Limits.Streams] tells of.
// It ends with l.
func (l *Listener) Streams() net.Listener { return l.streams }

// Accept implements [net.Listener].
func (s streams) Accept() (net.Conn, error) {
	select {
	case c := <-s.given:
		return c, nil
	case <-s.closed:
		return nil, io.EOF
	}
}

// Close implements [net.Listener].
func (s streams) Close() error { return nil }

// Addr implements [net.Listener].
func (s streams) Addr() net.Addr { return s.addr }

// give hands the connection on, with what came over it. To its server it has
// ended. It reports whether there is still somebody to take it.
func (c *Conn) give() bool {
	l := c.listener
	other := &Conn{Conn: c.Conn, listener: l, from: c.from, shaken: true, got: c.got}
	other.used.Store(true)
	l.crowd.replace(c, other)
	c.given.Store(true)
	select {
	case l.streams.given <- other:
		return true
	case <-l.streams.closed:
		c.given.Store(false)
		l.crowd.replace(other, c)
		return false
	}
}

// Pace gives each read and each write a time of its own from now on, instead of
// one for a whole request or answer.
func (c *Conn) Pace(each time.Duration) { c.pace = each }

// readOn reads what comes after a head.
func (c *Conn) readOn(p []byte) (int, error) {
	if c.pace > 0 {
		if err := c.Conn.SetReadDeadline(time.Now().Add(c.pace)); err != nil {
			return 0, err
		}
		if c.cut.Load() {
			return 0, net.ErrClosed
		}
	} else if err := c.reading.set(c.Conn.SetReadDeadline); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(p)
	if n > 0 {
		return n, nil // what failed fails again
	}
	c.ended = c.ended || errors.Is(err, io.EOF)
	return n, err
}

// Ended reports whether more was read than the client has sent before it ended
// its side. The library takes that for the end of a chunked body.
func (c *Conn) Ended() bool { return c.ended }

// Cut ends the reading of a connection that has a [Conn.Pace], also by others.
func (c *Conn) Cut() {
	c.cut.Store(true)
	_ = c.Conn.SetReadDeadline(time.Unix(1, 0)) // one that is closed cannot be read either
}

// watched is how much a client may send that nobody has asked for.
const watched = 4 << 10

// Watch reads from the connection until its client hangs up, and calls gone
// then. Nothing else may be read from it any more. It returns after [Conn.Cut].
func (c *Conn) Watch(gone func()) {
	buf := make([]byte, 64)
	left := watched - len(c.got)
	if c.Conn.SetReadDeadline(time.Time{}) != nil {
		left = 0
	}
	for left > 0 && !c.cut.Load() {
		n, err := c.Conn.Read(buf)
		if err != nil {
			break
		}
		left -= n
	}
	gone()
}
