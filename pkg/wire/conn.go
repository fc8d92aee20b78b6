package wire

import (
	"bytes"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Conn is a connection of a client.
type Conn struct {
	net.Conn
	listener *Listener
	from     netip.Addr // it counts for
	used     atomic.Bool
	line     int  // bytes since the last end of a line
	lingers  bool // see Close

	// idle is since when no request is under way, in Unix nanoseconds; zero if
	// one is.
	idle    atomic.Int64
	waiting bool // for a head
	shaken  bool // hands
	small   []byte
	got     []byte     // of a request, and not yet read by the server
	failed  error      // what comes after got
	mu      sync.Mutex // of owed
	owed    []debt
	owing   atomic.Int64 // since when its client has been taking a large answer, in Unix nanoseconds
	crowded bool         // there was no room for its body

	reading, writing deadline

	pace  time.Duration // see Pace
	cut   atomic.Bool   // see Cut
	given atomic.Bool   // away
	ended bool          // see Ended
}

// closing is what idle is when the connection is closed for being so.
const closing = -1

// lineTooLong reports whether the last line has outgrown the buffer for the
// whole head: then it is a request line, as any other would be preceded by one.
func (c *Conn) lineTooLong() bool { return c.line >= MaxHead }

// isUnused reports whether no byte of a request has come yet.
func (c *Conn) isUnused() bool { return !c.used.Load() && c.idle.Load() != 0 }

// next is called before each request.
func (c *Conn) next() {
	c.refund()
	c.waiting = len(c.got) == 0 && c.failed == nil
	c.idle.Store(time.Now().UnixNano())
}

// begun is called when the first byte of one is there.
func (c *Conn) begun() {
	c.waiting = false
	if since := c.idle.Load(); since > 0 {
		c.idle.CompareAndSwap(since, 0)
	}
}

// Read implements [net.Conn].
func (c *Conn) Read(p []byte) (n int, err error) {
	switch {
	case c.given.Load():
		return 0, io.EOF
	case c.waiting:
		c.waiting = false
		c.await()
		if c.given.Load() {
			return 0, io.EOF
		}
		n, err = c.readGot(p)
	case len(c.got) > 0 || c.failed != nil:
		n, err = c.readGot(p)
	default:
		n, err = c.readOn(p)
	}
	if n > 0 && !c.used.Load() {
		c.used.Store(true)
	}
	if i := bytes.LastIndexByte(p[:n], '\n'); i >= 0 {
		c.line = n - i - 1
	} else {
		c.line += n
	}
	return n, err
}

func (c *Conn) readGot(p []byte) (int, error) {
	if len(c.got) == 0 {
		return 0, c.failed
	}
	n := copy(p, c.got)
	if c.got = c.got[n:]; len(c.got) == 0 {
		c.got = nil
	}
	return n, nil
}

// Write implements [net.Conn].
func (c *Conn) Write(p []byte) (int, error) {
	if c.given.Load() {
		return 0, net.ErrClosed
	}
	if c.pace > 0 {
		if err := c.Conn.SetWriteDeadline(time.Now().Add(c.pace)); err != nil {
			return 0, err
		}
	} else if err := c.writing.set(c.Conn.SetWriteDeadline); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

// Limits of what is read of a refused request while its client has not noticed.
const (
	lingerTime  = time.Second
	lingerBytes = 4 << 20
)

// Close implements [net.Conn]. After [HangUp] it waits until the client has taken
// the answer: one that still sends when its connection is closed may never see
// what it was told.
func (c *Conn) Close() error {
	if c.given.Load() {
		return nil
	}
	c.refund()
	defer c.listener.crowd.leave(c)
	if c.lingers {
		c.drain()
	}
	return c.Conn.Close()
}

func (c *Conn) drain() {
	half, ok := c.Conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil || c.Conn.SetReadDeadline(time.Now().Add(lingerTime)) != nil {
		return
	}
	buf := c.small // there may be thousands that hang on
	if buf == nil {
		buf = make([]byte, usualHead)
	}
	for left := lingerBytes; left > 0; {
		n, err := c.Conn.Read(buf)
		if err != nil {
			return
		}
		left -= n
	}
}
