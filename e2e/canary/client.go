package canary

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"
)

// client sends requests of all kinds of people over one connection, as a proxy
// would, and now and then loses interest.
type client struct {
	*run
	maker
	conn *net.TCPConn
	from *bufio.Reader
}

// The ways in which a client loses interest.
type loss int

const (
	none          loss = iota
	inSending          // hangs up in the middle of what it sends
	beforeReading      // hangs up when all is sent
	inReading          // hangs up in the middle of an answer
	halfClosed         // sends nothing more, but listens on
)

// loss makes up one, or none mostly.
func (c *client) loss() loss {
	if c.IntN(6) > 0 {
		return none
	}
	return loss(1 + c.IntN(4))
}

// burst sends a few requests at once and judges the answers.
func (c *client) burst(ctx context.Context) error {
	if err := c.connect(ctx); err != nil {
		return err
	}
	var (
		requests []request
		sent     strings.Builder
	)
	for range 1 + max(0, c.IntN(9)-4) {
		r := c.request(c.begun.Add(1))
		requests = append(requests, r)
		sent.WriteString(r.encode())
		if r.last {
			break
		}
	}
	how := c.loss()
	if how != none {
		c.lost.Add(1)
	}
	if how == inSending {
		defer c.hangUp()
		_ = c.send(ctx, sent.String()[:c.IntN(sent.Len())]) // nobody is interested in what becomes of it
		return nil
	}
	if err := c.send(ctx, sent.String()); err != nil && !requests[len(requests)-1].last {
		return fmt.Errorf("send: %w", err)
	}
	switch how {
	case beforeReading:
		c.hangUp()
		return nil
	case inReading:
		defer c.hangUp()
		some := c.IntN(len(requests))
		if err := c.read(requests[:some]); err != nil {
			return err
		}
		return c.glance(requests[some:])
	case halfClosed:
		_ = c.conn.CloseWrite() // fails if it has been closed, which the answers tell of
		defer c.hangUp()
		if err := c.read(requests); err != nil {
			return err
		}
		return c.ended()
	}
	if err := c.read(requests); err != nil {
		return err
	}
	if requests[len(requests)-1].last {
		defer c.hangUp()
		return c.ended()
	}
	return nil
}

// connect makes sure that there is a connection.
func (c *client) connect(ctx context.Context) error {
	if c.conn == nil {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", c.at)
		if err != nil {
			return err
		}
		c.conn = conn.(*net.TCPConn)
		c.from = bufio.NewReader(c.conn)
	}
	return c.conn.SetDeadline(time.Now().Add(patience))
}

// hangUp ends the connection, at times without a goodbye.
func (c *client) hangUp() {
	if c.conn == nil {
		return
	}
	if c.IntN(2) == 0 {
		_ = c.conn.SetLinger(0) // or with one
	}
	_ = c.conn.Close() // nothing depends on it
	c.conn = nil
}

// send sends text, at times in pieces with pauses in between.
func (c *client) send(ctx context.Context, text string) error {
	if c.IntN(10) > 0 {
		_, err := io.WriteString(c.conn, text)
		return err
	}
	for range c.IntN(4) {
		n := c.IntN(len(text) + 1)
		if _, err := io.WriteString(c.conn, text[:n]); err != nil {
			return err
		}
		text = text[n:]
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(c.IntN(3000)) * time.Microsecond):
		}
	}
	_, err := io.WriteString(c.conn, text)
	return err
}

// read judges an answer to each of the requests, in their order.
func (c *client) read(requests []request) error {
	for _, r := range requests {
		a, err := read(c.from, r.method)
		if err != nil {
			return fmt.Errorf("no whole answer to %v: %w", r, err)
		}
		away, err := c.verdict(r, a)
		if err != nil {
			return fmt.Errorf("the answer to %v: %w", r, err)
		}
		c.answered.Add(1)
		if away {
			c.away.Add(1)
		}
	}
	return nil
}

// glance looks at some of the bytes that come, which may belong to any of the
// requests.
func (c *client) glance(requests []request) error {
	some := make([]byte, 1+c.IntN(2000))
	n, _ := c.from.Read(some) // what else comes, nobody reads
	whose := map[*person]bool{}
	var mentions []string
	for _, r := range requests {
		whose[r.by] = true
		mentions = append(mentions, r.mentions...)
	}
	for _, found := range secrets.FindAllString(string(some[:n]), -1) {
		owner, known := c.owners.Load(found)
		if known && !whose[owner.(*person)] && !strings.Contains(strings.Join(mentions, " "), found) {
			return fmt.Errorf("the beginning of answers to %v shows %q of %s", requests, found, owner.(*person).marker)
		}
	}
	return nil
}

// ended requires that nothing more comes.
func (c *client) ended() error {
	rest, err := io.ReadAll(c.from)
	if err != nil && !errors.Is(err, syscall.ECONNRESET) {
		return fmt.Errorf("after the last answer: %w", err)
	}
	if len(rest) > 0 {
		return fmt.Errorf("after the last answer comes %q", rest)
	}
	return nil
}
