package wire

import (
	"bytes"
	"net"
	"sync"
	"time"
)

// Listener hands out connections that remember a little more than
// [fasthttp.Server] tells of them.
type Listener struct {
	net.Listener
	once sync.Once

	mu     sync.Mutex
	unused map[*Conn]struct{} // nothing has been read from them
}

// Listen wraps ln.
func Listen(ln net.Listener) *Listener {
	return &Listener{Listener: ln, unused: map[*Conn]struct{}{}}
}

// Accept implements [net.Listener].
func (l *Listener) Accept() (net.Conn, error) {
	inner, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &Conn{Conn: inner, listener: l, unused: true}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unused[c] = struct{}{}
	return c, nil
}

// Close implements [net.Listener]. Only the first call does something.
func (l *Listener) Close() (err error) {
	l.once.Do(func() { err = l.Listener.Close() })
	return err
}

// CloseUnused closes the connections that no request has come over yet.
// Browsers open some in advance, and the library waits seconds for each.
func (l *Listener) CloseUnused() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.unused {
		_ = c.Conn.Close() // whoever reads from it notices
	}
}

func (l *Listener) isUsed(c *Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.unused, c)
}

// Conn is a connection of a client.
type Conn struct {
	net.Conn
	listener *Listener
	unused   bool
	line     int  // bytes since the last end of a line
	lingers  bool // see Close
}

// lineTooLong reports whether the last line has outgrown the buffer for the
// whole head: then it is a request line, as any other would be preceded by one.
func (c *Conn) lineTooLong() bool { return c.line >= MaxHead }

// Read implements [net.Conn].
func (c *Conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.unused {
		c.unused = false
		c.listener.isUsed(c)
	}
	if i := bytes.LastIndexByte(p[:n], '\n'); i >= 0 {
		c.line = n - i - 1
	} else {
		c.line += n
	}
	return n, err
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
	if c.lingers {
		c.drain()
	}
	return c.Conn.Close()
}

func (c *Conn) drain() {
	half, ok := c.Conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil || c.SetReadDeadline(time.Now().Add(lingerTime)) != nil {
		return
	}
	buf := make([]byte, 16<<10)
	for left := lingerBytes; left > 0; {
		n, err := c.Conn.Read(buf)
		if err != nil {
			return
		}
		left -= n
	}
}
