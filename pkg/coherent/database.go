package coherent

import (
	"context"
	"time"

	"stockroom/pkg/errs"
)

const (
	loadSlots = 32                     // loads at a time
	slotWait  = 200 * time.Millisecond // longest time in the queue for one

	maxBody = 256 << 10 // larger values are not kept
)

// ErrOverloaded is the failure of a read for which the database has no room.
var ErrOverloaded = errs.New(errs.Unavailable, "overloaded", "Too many requests at once")

// fromDatabase loads the value of key within limit, or shares a load that shows
// what a asks for. Without a proof only a load that begins from now on does.
func (c *Cache) fromDatabase(ctx context.Context, key Key, a aim, limit time.Duration, load Load) (result, error) {
	return c.loads.do(ctx, key, limit, a.shown, func(ctx context.Context) (result, error) {
		return c.tryLoad(ctx, key, load)
	})
}

// patience is the usual longest time for a load, with its time in the queue.
func (c *Cache) patience() time.Duration { return slotWait + c.loadTimeout }

// shown says whether res shows what a asks for although it may have been read
// before a was made.
func (a aim) shown(res result) bool {
	return a.proven && res.epoch == a.epoch && res.validAt >= a.seq
}

// load loads the value of key when there is room, and keeps it in the first level.
func (c *Cache) load(ctx context.Context, key Key, load Load) (result, error) {
	if err := c.enter(ctx); err != nil {
		return result{}, err
	}
	defer func() { <-c.slots }()

	began, at := c.l1.era.Load(), time.Now() // before the read: what it misses then is refused
	c.count.loads.Add(1)
	ctx, cancel := context.WithTimeout(ctx, c.loadTimeout)
	defer cancel()
	e, err := load(ctx)
	if err != nil {
		return result{}, inTime(ctx, err)
	}
	c.keep(key, e, began, at)
	return result{entry: e, origin: FromDB, validAt: e.AsOf, epoch: began.epoch}, nil
}

// enter takes one of the slots. A queue without end would only make a slow
// database slower.
func (c *Cache) enter(ctx context.Context) error {
	select {
	case c.slots <- struct{}{}:
		return nil
	default:
	}
	timeout := time.NewTimer(slotWait)
	defer timeout.Stop()
	select {
	case c.slots <- struct{}{}:
		return nil
	case <-timeout.C:
		return ErrOverloaded.After(retryIn)
	case <-ctx.Done():
		return inTime(ctx, context.Cause(ctx))
	}
}

func (c *Cache) keep(key Key, e Entry, began *era, at time.Time) {
	if len(e.Body) <= maxBody && !c.l1.put(key, e, began, at) {
		c.count.l1Rejected.Add(1)
	}
}
