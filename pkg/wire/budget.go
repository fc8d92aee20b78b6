package wire

import (
	"bytes"
	"context"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
)

// Budget is how many bytes all requests together may hold of what is large.
type Budget struct {
	total   int64
	left    *semaphore.Weighted
	taken   atomic.Int64
	refused atomic.Int64
}

// Free is the size up to which nothing is counted: what a connection costs anyway.
const Free = 16 << 10

// budgetWait is how long a request waits for others to be done.
const budgetWait = 2 * time.Second

// NewBudget returns one of total bytes.
func NewBudget(total int64) *Budget {
	return &Budget{total: total, left: semaphore.NewWeighted(total)}
}

// Take waits for room for n bytes, and returns what to give back. It fails with
// [ErrOverloaded] if that takes too long. What is larger than all there is gets
// all there is.
func (b *Budget) Take(n int64) (int64, error) {
	if b == nil || n <= Free {
		return 0, nil
	}
	n = min(n, b.total)
	if !b.left.TryAcquire(n) {
		ctx, cancel := context.WithTimeout(context.Background(), budgetWait)
		defer cancel()
		if b.left.Acquire(ctx, n) != nil {
			b.refused.Add(1)
			return 0, ErrOverloaded
		}
	}
	b.taken.Add(n)
	return n, nil
}

// Return gives back what [Budget.Take] has returned.
func (b *Budget) Return(n int64) {
	if b != nil && n > 0 {
		b.taken.Add(-n)
		b.left.Release(n)
	}
}

// Taken returns how many bytes are in use.
func (b *Budget) Taken() int64 { return b.taken.Load() }

// Refused returns how often there was no room in time.
func (b *Budget) Refused() int64 { return b.refused.Load() }

// Owe has the client of c pay for n bytes of b, until it has taken its answer.
func (c *Conn) Owe(b *Budget, n int64) {
	if n > 0 {
		c.owed = append(c.owed, debt{b, n})
	}
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
	c.Owe(b, n)
	c.crowded = err != nil
}

// refund gives back what c owes.
func (c *Conn) refund() {
	for _, d := range c.owed {
		d.budget.Return(d.bytes)
	}
	c.owed = c.owed[:0]
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
