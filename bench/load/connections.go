package load

import (
	"context"
	"net"
	"sync"
)

// Connections are those that are kept from one run to the next. The zero value
// is none.
type Connections struct {
	mu   sync.Mutex
	idle []net.Conn
}

// open returns one that was kept, or a new one.
func (c *Connections) open(ctx context.Context, addr string) (net.Conn, error) {
	c.mu.Lock()
	if last := len(c.idle) - 1; last >= 0 {
		conn := c.idle[last]
		c.idle = c.idle[:last]
		c.mu.Unlock()
		return conn, nil
	}
	c.mu.Unlock()
	var dialer net.Dialer
	return dialer.DialContext(ctx, "tcp", addr)
}

// keep keeps conn, over which nothing is under way.
func (c *Connections) keep(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.idle = append(c.idle, conn)
}

// Close closes all that are kept.
func (c *Connections) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.idle {
		_ = conn.Close() // nothing is lost
	}
	c.idle = nil
}
