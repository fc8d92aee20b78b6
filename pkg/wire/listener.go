package wire

import (
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
)

// Limits bounds what clients may take up. Zero is no bound.
type Limits struct {
	Connections int // in all
	PerAddress  int // from one address; of IPv6 from one /64
	// Exempt says which addresses PerAddress does not hold for.
	Exempt func(netip.Addr) bool

	First time.Duration // for a new connection to shake hands, and then for its first byte
	Head  time.Duration // from the first byte of a head to its last
	Body  int64         // the largest body that is taken in
	// SmallBody is how long one of up to [Free] bytes may take after its head. For
	// others that is up to the server.
	SmallBody time.Duration
	// Bodies is shared by what is taken in at the same time; see [NewBudget].
	Bodies *Budget

	// Streams says of the first line of a request whether its body is passed on
	// as it comes. The connection is then given to who accepts from
	// [Listener.Streams]; nil: none is.
	Streams func(line []byte) bool
}

// Listener hands out connections that remember a little more than
// [fasthttp.Server] tells of them.
type Listener struct {
	net.Listener
	limits  Limits
	once    sync.Once
	crowd   crowd
	streams streams
}

// Listen wraps ln, without limits.
func Listen(ln net.Listener) *Listener { return ListenWithin(ln, Limits{}) }

// ListenWithin wraps ln. For the limits of phases [Listener.State] has to hear
// of the states of connections, and the server has to reduce its memory usage.
func ListenWithin(ln net.Listener, limits Limits) *Listener {
	l := &Listener{Listener: ln, limits: limits, crowd: newCrowd(limits)}
	l.streams = streams{addr: ln.Addr(), given: make(chan net.Conn), closed: make(chan struct{})}
	return l
}

// breath is how long is waited when the system has no room for a connection.
const breath = 5 * time.Millisecond

// isPassing reports whether a connection could not be accepted, but others may
// be. To the library it would be the end.
func isPassing(err error) bool {
	for _, e := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// Accept implements [net.Listener]. Connections beyond the limits are closed.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		inner, err := l.Listener.Accept()
		switch {
		case err == nil:
		case isPassing(err):
			l.crowd.squeeze()
			time.Sleep(breath)
			continue
		default:
			return nil, err
		}
		c := &Conn{Conn: inner, listener: l}
		c.idle.Store(time.Now().UnixNano())
		if l.crowd.enter(c) {
			return c, nil
		}
		hangUp(inner)
	}
}

// Close implements [net.Listener]. Only the first call does something.
func (l *Listener) Close() (err error) {
	l.once.Do(func() {
		err = l.Listener.Close()
		close(l.streams.closed)
	})
	return err
}

// CloseUnused closes the connections that no request has come over yet.
// Browsers open some in advance, and the library waits seconds for each.
func (l *Listener) CloseUnused() { l.crowd.closeUnused() }

// State hears of the states of connections, as [fasthttp.Server] tells of them.
func (l *Listener) State(nc net.Conn, state fasthttp.ConnState) {
	c, ok := nc.(*Conn)
	if !ok {
		return
	}
	switch state {
	case fasthttp.StateNew, fasthttp.StateIdle:
		c.next()
	case fasthttp.StateActive:
		c.begun()
	}
}

// Connections is how many there are, and how many were closed to bound that.
type Connections struct {
	Open    int
	Full    int64 // turned away: there are too many
	Greedy  int64 // turned away: too many from one address
	Evicted int64 // idle ones that made room for others
	Slow    int64 // those that took too long over a large answer when others wanted one
}

// Connections returns how many there are now.
func (l *Listener) Connections() Connections { return l.crowd.count() }

// CutSlow closes the connections whose clients take the longest over what they
// have to [Conn.Owe] for, if that is a second or more.
func (l *Listener) CutSlow() { l.crowd.cutSlow() }

// Bodies returns the budget of [Limits].
func (l *Listener) Bodies() *Budget { return l.limits.Bodies }

// hangUp closes c at once: over TLS, to say so could take as long as the client
// likes.
func hangUp(c net.Conn) {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	_ = c.Close() // whoever reads from it notices
}
