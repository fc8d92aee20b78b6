package wire

import (
	"bytes"
	"context"
	"net"
	"time"
)

// usualHead is how much is read at once of what may be a head; few are longer.
const usualHead = 2 << 10

// await takes in a head. The server gets to see it when it is complete: until
// then a client holds no more memory than what it has sent.
func (c *Conn) await() {
	if c.failed = c.shakeHands(); c.failed != nil {
		return
	}
	if c.small == nil {
		c.small = make([]byte, usualHead)
	}
	since := c.idle.Load()
	n, err := c.Conn.Read(c.small)
	c.got, c.failed = c.small[:n], err
	if n == 0 || err != nil {
		return
	}
	if since == closing || !c.idle.CompareAndSwap(since, 0) {
		c.got, c.failed = nil, net.ErrClosed
		return
	}
	if !hasHead(c.got, 0) {
		c.awaitRest()
	}
	c.look()
}

// awaitRest takes in the rest of a head, while there is time.
func (c *Conn) awaitRest() {
	head := c.listener.limits.Head
	if head > 0 {
		if c.failed = c.Conn.SetReadDeadline(time.Now().Add(head)); c.failed != nil {
			return
		}
	}
	buf := c.small
	for got := len(c.got); got < MaxHead; {
		if got == len(buf) {
			buf = append(make([]byte, 0, min(2*got, MaxHead)), buf...)
			buf = buf[:cap(buf)]
		}
		n, err := c.Conn.Read(buf[got:])
		seen := max(got-len("\r\n\r"), 0)
		got += n
		c.got, c.failed = buf[:got], err
		if err != nil || hasHead(c.got, seen) {
			return
		}
	}
}

// look finds out what follows the head: who takes in its body, and whether there
// is room for it.
func (c *Conn) look() {
	if c.failed != nil {
		return
	}
	l := c.listener
	line, _, ok := bytes.Cut(c.got, []byte("\r\n"))
	if !ok || bytes.HasPrefix(line, []byte("GET ")) || bytes.HasPrefix(line, []byte("HEAD ")) {
		return
	}
	if l.limits.Streams != nil && l.limits.Streams(line) && c.give() {
		return
	}
	c.charge(announced(c.got, l.limits.Body))
}

// shakeHands does what TLS begins with.
func (c *Conn) shakeHands() error {
	if c.shaken {
		return nil
	}
	c.shaken = true
	first := c.listener.limits.First
	if first == 0 {
		return nil
	}
	if t, ok := c.Conn.(interface{ HandshakeContext(context.Context) error }); ok {
		ctx, cancel := context.WithTimeout(context.Background(), first)
		defer cancel()
		if err := t.HandshakeContext(ctx); err != nil {
			return err
		}
	}
	return c.Conn.SetReadDeadline(time.Now().Add(first))
}

// hasHead reports whether a whole head is in b, which has none before from. Lines
// that end in a newline alone are refused later.
func hasHead(b []byte, from int) bool {
	if bytes.HasSuffix(b, []byte("\r\n\r\n")) {
		return true
	}
	for {
		i := bytes.IndexByte(b[from:], '\n')
		if i < 0 {
			return false
		}
		from += i + 1
		if rest := b[from:]; bytes.HasPrefix(rest, []byte("\r\n")) || bytes.HasPrefix(rest, []byte("\n")) {
			return true
		}
	}
}
