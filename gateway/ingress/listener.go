package ingress

import (
	"bytes"
	"net"
	"time"
)

// Listen wraps a listener for [fasthttp.Server], whose connections remember a
// little more than the library tells.
func Listen(ln net.Listener) net.Listener { return listener{ln} }

type listener struct{ net.Listener }

// Accept implements [net.Listener].
func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &Conn{Conn: c}, nil
}

// Conn is a connection of a client.
type Conn struct {
	net.Conn
	line   int // bytes since the last end of a line
	linger bool
}

// LineTooLong reports whether the last line has outgrown the buffer for the
// whole head: then it is a request line, as any other would be preceded by one.
func (c *Conn) LineTooLong() bool { return c.line >= MaxHead }

// Linger makes Close wait until the client has taken the answer. A client that
// still sends when its connection is closed may never see what it was told.
func (c *Conn) Linger() { c.linger = true }

// Read implements [net.Conn].
func (c *Conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
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

// Close implements [net.Conn].
func (c *Conn) Close() error {
	if c.linger {
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
