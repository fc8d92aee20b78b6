package wire

import (
	"bytes"
	"context"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
)

// Budget is how many bytes all requests together may hold of what is large. Half
// of it is for what is only rather large, which never waits for what is larger.
type Budget struct {
	half    int64
	relieve func()
	large   *semaphore.Weighted
	rather  *semaphore.Weighted
	taken   atomic.Int64
	refused atomic.Int64
}

// Free is the size up to which nothing is counted: what a connection costs anyway.
const Free = 16 << 10

// rather is the size up to which something is only rather large.
const rather = 64 << 10

// A request waits twice for others to be done.
const (
	budgetWaits = 2
	budgetWait  = time.Second
)

// NewBudget returns one of total bytes.
func NewBudget(total int64) *Budget {
	half := total / 2
	return &Budget{half: half, large: semaphore.NewWeighted(half), rather: semaphore.NewWeighted(half), relieve: func() {}}
}

// Relieve has b call relieve when there is no room, before anybody waits. It may
// be called by several at once.
func (b *Budget) Relieve(relieve func()) { b.relieve = relieve }

// Take waits for room for n bytes, and returns what to give back. It fails with
// [ErrOverloaded] if that takes too long. What is larger than all there is gets
// all there is.
func (b *Budget) Take(n int64) (int64, error) {
	if b == nil || n <= Free {
		return 0, nil
	}
	n = min(n, b.half)
	if !b.of(n).TryAcquire(n) && !b.wait(n) {
		b.refused.Add(1)
		return 0, ErrOverloaded
	}
	b.taken.Add(n)
	return n, nil
}

// of returns the half that n bytes belong to.
func (b *Budget) of(n int64) *semaphore.Weighted {
	if n <= rather {
		return b.rather
	}
	return b.large
}

func (b *Budget) wait(n int64) bool {
	for range budgetWaits {
		b.relieve()
		ctx, cancel := context.WithTimeout(context.Background(), budgetWait)
		err := b.of(n).Acquire(ctx, n)
		cancel()
		if err == nil {
			return true
		}
	}
	return false
}

// Return gives back what [Budget.Take] has returned once.
func (b *Budget) Return(n int64) {
	if b != nil && n > 0 {
		b.taken.Add(-n)
		b.of(n).Release(n)
	}
}

// Taken returns how many bytes are in use.
func (b *Budget) Taken() int64 { return b.taken.Load() }

// Refused returns how often there was no room in time.
func (b *Budget) Refused() int64 { return b.refused.Load() }

// Owe has the client of c pay for n bytes of b, until it has taken its answer.
func (c *Conn) Owe(b *Budget, n int64) {
	if n > 0 {
		c.owe(b, n)
		c.owing.Store(time.Now().UnixNano())
	}
}

func (c *Conn) owe(b *Budget, n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.owed = append(c.owed, debt{b, n})
}

// debt is what a connection has of a budget.
type debt struct {
	budget *Budget
	bytes  int64
}

// charge takes what a body of n bytes needs, before its server makes room for it.
func (c *Conn) charge(n int64) {
	b := c.listener.limits.Bodies
	n, err := b.Take(n)
	if c.crowded = err != nil; n > 0 {
		c.owe(b, n)
	}
}

// refund gives back what c owes. A server that stops closes idle connections
// from elsewhere.
func (c *Conn) refund() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, d := range c.owed {
		d.budget.Return(d.bytes)
	}
	c.owed = c.owed[:0]
	c.owing.Store(0)
}

// announced returns how large a head says that the body is, but not more than
// most. It decides nothing else: a head that is unclear is refused later.
func announced(head []byte, most int64) (n int64) {
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case is(name, "Transfer-Encoding"):
			return most
		case is(name, "Content-Length"):
			length, err := strconv.ParseInt(string(bytes.TrimSpace(value)), 10, 64)
			if err != nil || length > most {
				return 0 // and refused
			}
			n = max(n, length)
		}
	}
	return n
}
