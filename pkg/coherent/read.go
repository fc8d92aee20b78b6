package coherent

import (
	"context"
	"fmt"
	"time"
)

// catchUpTime is how long a read waits for this process to apply a write that
// it must see, before it reads the database instead.
const catchUpTime = 25 * time.Millisecond

// aim is what a reader must be shown: the epoch and a commit that the answer
// must include. Proven says that this process has applied that commit, under a
// lease: only then do the caches know enough to answer.
type aim struct {
	epoch  int64
	seq    int64
	proven bool
}

// Get returns the value of key, and where it was found. The value includes
// every commit acknowledged longer than the lease ago, every commit of this
// process, and commit least, if there is one yet: least is the number that a
// client presents, of the present epoch, or 0.
//
// What is not cached or not proven right is loaded with load; its errors are
// returned and not kept. It fails with [ErrOverloaded] when too many reads wait
// for the database. Loads of one key are shared by all who may see the result.
func (c *Cache) Get(ctx context.Context, key Key, least int64, load Load) (Entry, Origin, error) {
	a := c.aim(ctx, least)
	if !a.proven {
		return c.bypass(ctx, key, a, load)
	}
	if e, ok := c.l1.get(key, a.epoch); ok && c.fresh() {
		c.count.l1Hits.Add(1)
		return e, FromL1, nil
	}
	if c.store == nil {
		return c.answer(c.fromDatabase(ctx, key, a, load))
	}
	res, err := c.fromSecondLevel(ctx, key, a, load)
	if err == nil && res.origin == FromL2 && !c.fresh() {
		// The lease ran out on the way, perhaps while the whole machine stood
		// still: what was right then need not be right now.
		return c.bypass(ctx, key, a, load)
	}
	return c.answer(res, err)
}

// aim finds out what a reader that arrives now must be shown.
func (c *Cache) aim(ctx context.Context, least int64) aim {
	p := c.position.Load()
	if p == nil {
		return aim{seq: least}
	}
	pos := *p
	seq := max(least, pos.OwnSeq())
	// The lease is asked first: it speaks of what is applied by then, and says
	// nothing about a position that was read before it was renewed.
	fresh, applied := pos.Fresh(), pos.Applied()
	if fresh && applied.Seq < seq {
		wait, cancel := context.WithTimeout(ctx, catchUpTime)
		pos.Wait(wait, seq)
		cancel()
		fresh, applied = pos.Fresh(), pos.Applied()
	}
	return aim{
		epoch:  applied.Epoch,
		seq:    max(applied.Seq, seq),
		proven: fresh && applied.Seq >= seq,
	}
}

func (c *Cache) fresh() bool {
	p := c.position.Load()
	return p != nil && (*p).Fresh()
}

// bypass reads the database after everything else: only a read that begins now
// is known to be new enough.
func (c *Cache) bypass(ctx context.Context, key Key, a aim, load Load) (Entry, Origin, error) {
	c.count.bypasses.Add(1)
	a.proven = false
	return c.answer(c.fromDatabase(ctx, key, a, load))
}

func (c *Cache) answer(res result, err error) (Entry, Origin, error) {
	if err != nil {
		return Entry{}, "", fmt.Errorf("read %s: %w", c.name, err)
	}
	return res.entry, res.origin, nil
}
