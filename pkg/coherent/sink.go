package coherent

import (
	"context"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/failpoint"
)

// Apply makes everything invalid that ev, the next event of the log, has
// changed. The second level comes first: what it still has of before ev cannot
// get back into the first level afterwards. Apply never fails: a second level
// that does not answer is behind from then on, which its watermark tells.
func (c *Cache) Apply(ctx context.Context, ev commitlog.Event) error {
	now := c.l1.era.Load()
	if now.epoch != ev.Epoch {
		return c.Reset(ctx, commitlog.Head{Epoch: ev.Epoch, Seq: ev.Seq})
	}
	if c.store != nil {
		c.recent.add(ev)
		failpoint.Reach(failpoint.MidApply)
		c.applySecondLevel(ctx, now, ev)
	}
	failpoint.Reach(failpoint.BeforeDrop)
	c.l1.forget(ev)
	return nil
}

// Forget drops what ev has changed from the first level, before it is the turn
// of ev to be applied. That is always safe.
func (c *Cache) Forget(ev commitlog.Event) { c.l1.forget(ev) }

// Reset forgets everything that the first level holds, and has the second level
// begin at head. It never fails: a second level that does not answer is not
// used before it has.
func (c *Cache) Reset(ctx context.Context, head commitlog.Head) error {
	now := c.l1.reset(head)
	if c.store != nil {
		c.recent.clear()
		c.begun(ctx, now)
	}
	return nil
}
