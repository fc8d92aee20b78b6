package upstream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"stockroom/pkg/wire"
)

var (
	errDial  = errors.New("dial")
	errStale = errors.New("connection was closed while idle")

	errMore   = errors.New("more than one answer came")
	errEnd    = errors.New("the connection ended before the answer")
	errUnread = errors.New("the answer cannot be read")
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
	return &conn{Conn: c, idle: newWatch(raw), budget: cfg.Answers, held: new(held)}, nil
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

// conn finds out, before the first byte of a request leaves, that the other
// side has hung up meanwhile: such a request may be sent again whatever its
// method. Nothing else can tell it from one that was lost half-way.
type conn struct {
	net.Conn
	idle     *watch
	answered bool // a request went over it before
	answer   extent
	broken   error // why nothing that comes over it can be believed
	budget   *wire.Budget
	held     *held
	until    time.Time // the deadline of reads and writes
}

// early is by how much a deadline may be missed.
const early = 100 * time.Millisecond

// SetReadDeadline implements [net.Conn]. A deadline hardly later than the one
// that there is changes nothing: to set two timers for each request costs more
// than to give up a tenth of a second early.
func (c *conn) SetReadDeadline(t time.Time) error {
	if d := t.Sub(c.until); !c.until.IsZero() && d >= 0 && d < early {
		return nil
	}
	c.until = t
	return c.SetDeadline(t) // of both
}

// SetWriteDeadline implements [net.Conn], in the same way.
func (c *conn) SetWriteDeadline(t time.Time) error { return c.SetReadDeadline(t) }

// Read implements [net.Conn]. It fails on an answer that two programs could read
// differently, and keeps back what comes after the end of one.
func (c *conn) Read(p []byte) (int, error) {
	if c.broken != nil {
		return 0, c.broken
	}
	c.answered = true
	n, err := c.Conn.Read(p)
	used, broken := c.answer.take(p[:n])
	switch {
	case broken != nil:
		c.broken = nonsense{broken}
		return 0, c.broken
	case used < n:
		c.broken = nonsense{errMore}
	}
	if c.answer.whole > wire.Free {
		if full := c.hold(); full != nil {
			c.broken = full
			return 0, full
		}
	}
	if used == 0 && n > 0 {
		return 0, c.broken
	}
	return used, err
}

// Write implements [net.Conn].
func (c *conn) Write(p []byte) (int, error) {
	if c.answered {
		if c.broken != nil || c.idle.hungUp() {
			return 0, errStale
		}
		c.answered, c.answer = false, extent{head: c.answer.head[:0], toHead: bytes.HasPrefix(p, []byte("HEAD "))}
	}
	return c.Conn.Write(p)
}
