package coherent

import (
	"context"
	"log/slog"

	"stockroom/pkg/commitlog"
)

// Apply makes everything invalid that ev, the next event of the log, has
// changed. The second level comes first: what it still has of before ev cannot
// get back into the first level afterwards. Apply never fails: a second level
// that does not answer is behind from then on, which its watermark tells.
func (c *Cache) Apply(ctx context.Context, ev commitlog.Event) error {
	if c.l1.era.Load().epoch != ev.Epoch {
		return c.Reset(ctx, commitlog.Head{Epoch: ev.Epoch, Seq: ev.Seq})
	}
	if c.store != nil {
		c.applySecondLevel(ctx, ev)
	}
	c.l1.forget(ev)
	return nil
}

// Forget drops what ev has changed from the first level, before it is the turn
// of ev to be applied. That is always safe.
func (c *Cache) Forget(ev commitlog.Event) { c.l1.forget(ev) }

// Reset forgets everything that was read before head: in the first level, and
// in the second unless that has followed by itself. It never fails.
func (c *Cache) Reset(ctx context.Context, head commitlog.Head) error {
	c.count.resets.Add(1)
	c.l1.reset(head)
	if c.store != nil {
		c.resetSecondLevel(ctx, head)
	}
	return nil
}

func (c *Cache) applySecondLevel(ctx context.Context, ev commitlog.Event) {
	at, err := c.store.Apply(ctx, ev)
	switch {
	case err != nil:
		c.count.l2Errors.Add(1)
	case at < ev.Seq:
		c.resetSecondLevel(ctx, commitlog.Head{Epoch: ev.Epoch, Seq: ev.Seq})
	}
}

func (c *Cache) resetSecondLevel(ctx context.Context, head commitlog.Head) {
	if err := c.store.Reset(ctx, head); err != nil {
		c.count.l2Errors.Add(1)
		return
	}
	c.count.resets.Add(1)
	c.log.InfoContext(ctx, "second level brought up to date",
		slog.String("cache", c.name), slog.Int64("epoch", head.Epoch), slog.Int64("seq", head.Seq))
}
