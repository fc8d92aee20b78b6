package wire

import (
	"bytes"
	"context"
	"net"
	"time"
)

// usualHead is how much is read at once of what may be a head; few are longer.
const usualHead = 2 << 10

// await takes in a head, and a small body. The server gets to see them when they
// are complete: until then a client holds no more memory than what it has sent.
func (c *Conn) await() {
	if c.failed = c.shakeHands(); c.failed != nil {
		return
	}
	if c.failed = c.reading.set(c.Conn.SetReadDeadline); c.failed != nil {
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
	c.collect(c.listener.limits.Head, MaxHead, func(seen int) bool {
		return hasHead(c.got, max(seen-len("\r\n\r"), 0))
	})
}

// awaitBody takes in the rest of a small body of n bytes, if that is how long it
// is beyond doubt.
func (c *Conn) awaitBody(n int64) {
	at := bytes.Index(c.got, []byte("\r\n\r\n"))
	if n == 0 || n > Free || at < 0 {
		return
	}
	head := at + len("\r\n\r\n")
	whole := head + int(n)
	if len(c.got) >= whole {
		return
	}
	_, headers, _ := bytes.Cut(c.got[:head], []byte("\r\n"))
	seen, err := checkHeaders(headers, nil)
	if err != nil || seen.lengths != 1 || seen.expectations+seen.upgrades > 0 {
		return
	}
	c.collect(c.listener.limits.SmallBody, whole, func(int) bool { return len(c.got) >= whole })
}

// collect reads on until it has enough, or as much as there may be.
func (c *Conn) collect(within time.Duration, most int, enough func(seen int) bool) {
	if within > 0 {
		c.reading.wanted = time.Now().Add(within)
		if c.failed = c.reading.set(c.Conn.SetReadDeadline); c.failed != nil {
			return
		}
	}
	buf := c.got[:cap(c.got)]
	for got := len(c.got); got < most; {
		if got == len(buf) {
			buf = append(make([]byte, 0, min(got+usualHead, most)), buf...)
			buf = buf[:cap(buf)]
		}
		n, err := c.Conn.Read(buf[got:])
		seen := got
		got += n
		c.got, c.failed = buf[:got], err
		if err != nil || enough(seen) {
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
	n := announced(c.got, l.limits.Body)
	if c.awaitBody(n); c.failed != nil {
		return
	}
	if c.charge(n); c.crowded {
		// A server that sees the whole head makes room for the body first.
		c.got, c.failed = c.got[:len(line)+len("\r\n")], ErrOverloaded
	}
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
	return c.SetReadDeadline(time.Now().Add(first))
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
