package upstream

import (
	"net"

	"github.com/valyala/fasthttp"

	"stockroom/pkg/wire"
)

// held is what one answer has taken of the budget for all. It goes for an
// address: that is what the library asks a connection for when a request begins,
// and keeps with the answer.
type held struct {
	net.Addr
	bytes int64
}

// Held returns what the answer that [Pool.Do] gave has taken of the budget for
// answers. Whoever has called it gives that back.
func Held(resp *fasthttp.Response) int64 {
	if h, ok := resp.LocalAddr().(*held); ok {
		return h.bytes
	}
	return 0
}

// LocalAddr implements [net.Conn].
func (c *conn) LocalAddr() net.Addr {
	c.held = &held{Addr: c.Conn.LocalAddr()}
	return c.held
}

// hold takes what the answer needs, before the library makes room for it.
func (c *conn) hold() error {
	more := c.answer.whole - c.held.bytes
	if more <= wire.Free || c.answer.whole > maxAnswer {
		return nil // it will be refused
	}
	n, err := c.budget.Take(c.answer.whole)
	c.budget.Return(c.held.bytes)
	c.held.bytes = n
	return err
}
