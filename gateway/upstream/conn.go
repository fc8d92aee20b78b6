package upstream

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"
)

var (
	errDial  = errors.New("dial")
	errStale = errors.New("connection was closed while idle")
)

// dial connects within timeout, and within [dialTimeout] if that is less.
func dial(addr string, timeout time.Duration) (net.Conn, error) {
	if timeout <= 0 || timeout > dialTimeout {
		timeout = dialTimeout
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()

	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDial, err)
	}
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		return nil, errors.Join(errDial, err, c.Close())
	}
	return &conn{Conn: c, raw: raw}, nil
}

// conn finds out, before the first byte of a request leaves, that the other
// side has hung up meanwhile: such a request may be sent again whatever its
// method. Nothing else can tell it from one that was lost half-way.
type conn struct {
	net.Conn
	raw      syscall.RawConn
	answered bool // a request went over it before
}

// Read implements [net.Conn].
func (c *conn) Read(p []byte) (int, error) {
	c.answered = true
	return c.Conn.Read(p)
}

// Write implements [net.Conn].
func (c *conn) Write(p []byte) (int, error) {
	if c.answered && hungUp(c.raw) {
		return 0, errStale
	}
	c.answered = false
	return c.Conn.Write(p)
}
