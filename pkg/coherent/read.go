package coherent

import (
	"context"
	"fmt"
	"time"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/errs"
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
//
// If the database cannot be reached, or has no room, the answer may be one that
// includes commit least and was right some minutes ago at most; then it says so
// in [Answer.Stale], which is all that it promises.
func (c *Cache) Get(ctx context.Context, key Key, least int64, load Load) (Answer, error) {
	a := c.aim(ctx, least)
	if !a.proven {
		return c.bypass(ctx, key, least, a, load)
	}
	if e, ok := c.l1.get(key, a.epoch); ok && c.fresh() {
		c.count.l1Hits.Add(1)
		c.hits.note(key)
		return Answer{Entry: e, Origin: FromL1}, nil
	}
	if c.store == nil {
		res, err := c.fromDatabase(ctx, key, a, c.patience(), load)
		return c.answer(ctx, key, least, res, err)
	}
	res, err := c.fromSecondLevel(ctx, key, a, load)
	if err == nil && res.origin == FromL2 && !c.fresh() {
		// The lease ran out on the way, perhaps while the whole machine stood
		// still: what was right then need not be right now.
		return c.bypass(ctx, key, least, a, load)
	}
	return c.answer(ctx, key, least, res, err)
}

// ListsUnchanged says whether every list is still as it was at commit at, as far
// as a reader who presents commit least may be told. It asks the follower alone:
// false may mean that nothing is proven at the moment.
func (c *Cache) ListsUnchanged(ctx context.Context, at commitlog.Head, least int64) bool {
	a := c.aim(ctx, least)
	// What is applied by now has changed the era before the position.
	now := c.l1.era.Load()
	return a.proven && a.epoch == at.Epoch && now.epoch == at.Epoch && at.Seq <= a.seq &&
		at.Seq >= now.floor && at.Seq >= now.listGen.Load() && c.fresh()
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
// is known to be new enough. Who has something to fall back on does not wait
// for long when nothing has been heard of the database lately.
func (c *Cache) bypass(ctx context.Context, key Key, least int64, a aim, load Load) (Answer, error) {
	c.count.bypasses.Add(1)
	a.proven = false
	waiting, limit := ctx, c.patience()
	if _, _, ok := c.remembered(key, least); ok && !c.fresh() {
		limit = stalePatience
		var cancel context.CancelFunc
		waiting, cancel = context.WithTimeoutCause(ctx, limit, errSlow)
		defer cancel()
	}
	res, err := c.fromDatabase(waiting, key, a, limit, load)
	return c.answer(ctx, key, least, res, err)
}

// answer returns res, or what can be said instead if there is none.
func (c *Cache) answer(ctx context.Context, key Key, least int64, res result, err error) (Answer, error) {
	if err == nil {
		return Answer{Entry: res.entry, Origin: res.origin}, nil
	}
	if errs.KindOf(err) == errs.Unavailable {
		if stale, ok := c.stale(ctx, key, least); ok {
			c.count.staleAnswers.Add(1)
			return stale, nil
		}
	}
	return Answer{}, fmt.Errorf("read %s: %w", c.name, err)
}
