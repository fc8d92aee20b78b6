package coherent

import (
	"context"
	"log/slog"

	"stockroom/pkg/commitlog"
)

// begun says whether the second level belongs to the era now, and makes it so
// if need be. Before that its watermark proves nothing: it may stem from a
// database that has been replaced by an older state of itself. So it begins
// where the era began, even if that is long ago, and is brought forward then.
func (c *Cache) begun(ctx context.Context, now *era) bool {
	if now.begun.Load() {
		return true
	}
	if !c.repairing.TryLock() {
		return false
	}
	defer c.repairing.Unlock()

	head := commitlog.Head{Epoch: now.epoch, Seq: now.floor}
	forgot, err := c.store.Begin(ctx, head)
	if err != nil {
		c.count.l2Errors.Add(1)
		return false
	}
	if forgot {
		c.count.l2Resets.Add(1)
	}
	now.begun.Store(true)
	c.log.InfoContext(ctx, "second level begins",
		slog.String("cache", c.name), slog.Int64("epoch", head.Epoch), slog.Int64("seq", head.Seq), slog.Bool("forgot", forgot))
	return true
}

// applySecondLevel applies ev, and what the second level has missed before it.
func (c *Cache) applySecondLevel(ctx context.Context, now *era, ev commitlog.Event) {
	if !now.begun.Load() {
		return // whoever reads next has it begin
	}
	at, err := c.store.Apply(ctx, ev)
	switch {
	case err != nil:
		c.count.l2Errors.Add(1)
	case at < ev.Seq:
		c.catchUp(ctx, at, commitlog.Head{Epoch: ev.Epoch, Seq: ev.Seq})
	}
}

// repair brings a second level that is behind to head. One reader does it while
// the others go on without.
func (c *Cache) repair(ctx context.Context, at int64, head commitlog.Head) {
	if !c.repairing.TryLock() {
		return
	}
	defer c.repairing.Unlock()

	c.catchUp(ctx, at, head)
}

// catchUp applies to the second level what comes after at, up to head. If that
// is not known any more it has everything forgotten.
func (c *Cache) catchUp(ctx context.Context, at int64, head commitlog.Head) {
	missed, ok := c.recent.after(head.Epoch, at, head.Seq)
	for _, ev := range missed {
		reached, err := c.store.Apply(ctx, ev)
		if err != nil {
			c.count.l2Errors.Add(1)
			return
		}
		ok = ok && reached >= ev.Seq
	}
	if ok {
		return
	}
	forgot, err := c.store.Reset(ctx, head)
	if err != nil {
		c.count.l2Errors.Add(1)
		return
	}
	if !forgot {
		return // another replica has brought it there meanwhile
	}
	c.count.l2Resets.Add(1)
	c.log.InfoContext(ctx, "second level forgot everything",
		slog.String("cache", c.name), slog.Int64("epoch", head.Epoch), slog.Int64("seq", head.Seq))
}
