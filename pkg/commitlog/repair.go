package commitlog

import (
	"context"
	"fmt"
	"math"
	"time"

	"stockroom/pkg/failpoint"
)

// catchUp returns when the sink is in step with head. It gives messages some
// time to arrive and reads from the log what does not.
func (f *Follower) catchUp(ctx context.Context, head Head, patience time.Duration) error {
	if f.reached(ctx, head, patience) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, f.cfg.Lease) // later it would prove nothing
	defer cancel()
	if f.position.resetDue.Load() {
		if !f.reached(ctx, head, f.cfg.Probe) {
			return fmt.Errorf("not yet reset to epoch %d", head.Epoch)
		}
		return nil
	}
	for {
		after, err := f.missing(head)
		if err != nil {
			return err
		}
		if after == head.Seq { // everything is here and has only to be applied
			if !f.reached(ctx, head, f.cfg.Lease) {
				return fmt.Errorf("commit %d is not applied yet", head.Seq)
			}
			return nil
		}
		if err := f.repair(ctx, head, after); err != nil {
			return err
		}
	}
}

// reached waits until the sink is in step with head.
func (f *Follower) reached(ctx context.Context, head Head, patience time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return f.position.until(ctx, func(at Head) bool { return at.Epoch == head.Epoch && at.Seq >= head.Seq })
}

// missing returns the last commit up to head that has been applied or waits to
// be, with all before it.
func (f *Follower) missing(head Head) (after int64, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := f.position.head()
	if at.Epoch != head.Epoch {
		return 0, fmt.Errorf("epoch %d is over", head.Epoch)
	}
	for after = at.Seq; after < head.Seq; after++ {
		if _, here := f.pending[after+1]; !here {
			break
		}
	}
	return min(after, head.Seq), nil
}

// repair reads from the log what comes after number after.
func (f *Follower) repair(ctx context.Context, head Head, after int64) error {
	repaired := &f.repaired.probe
	if f.waiting() { // later ones have come
		repaired = &f.repaired.gap
	}
	events, err := f.cfg.Source.Since(ctx, after, repairBatch)
	if err != nil {
		return err
	}
	for i, ev := range events {
		if ev.Epoch != head.Epoch {
			return fmt.Errorf("epoch %d is over", head.Epoch)
		}
		if ev.Seq != after+1+int64(i) {
			events = events[:i]
			break
		}
		f.add(ctx, ev, math.MaxInt) // at the front: it must not be refused for what waits behind it
		failpoint.Reach(failpoint.MidRepair)
	}
	if len(events) == 0 {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.startOver(head)
		f.lookSoon()
		return fmt.Errorf("commit %d has been trimmed from the log", after+1)
	}
	repaired.Add(int64(len(events)))
	notify(f.kick)
	// One batch at a time, so that no more than one waits here.
	if last := events[len(events)-1].Head(); !f.reached(ctx, last, f.cfg.Lease) {
		return fmt.Errorf("commit %d is not applied yet", last.Seq)
	}
	return nil
}
