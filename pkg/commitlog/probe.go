package commitlog

import (
	"context"
	"fmt"
	"time"
)

// Raiser is a [Source] that can begin a new epoch.
type Raiser interface {
	// RaiseEpoch ends epoch from. Of several callers at once one wins, and the
	// others find it done.
	RaiseEpoch(ctx context.Context, from int64) error
}

func (f *Follower) probeUntil(ctx context.Context) {
	every := time.NewTicker(f.cfg.Probe)
	defer every.Stop()
	away := false
	for {
		err := f.probe(ctx)
		switch {
		case err != nil && !away && ctx.Err() == nil:
			f.cfg.Log.WarnContext(ctx, "log cannot be read", "subject", f.cfg.Subject, "err", err)
		case err == nil && away:
			f.cfg.Log.InfoContext(ctx, "log can be read again", "subject", f.cfg.Subject)
		}
		away = err != nil
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		case <-f.soon:
		}
	}
}

// probe looks at the head, makes good what messages have lost, and renews the
// lease from the moment before it looked.
func (f *Follower) probe(ctx context.Context) error {
	f.mu.Lock()
	seen := f.highest // what is heard of while the head is on its way proves nothing
	f.mu.Unlock()

	t0 := time.Now()
	head, err := f.look(ctx)
	if err != nil {
		return err
	}
	if head.Epoch == seen.Epoch && head.Seq < seen.Seq {
		return f.restored(ctx, head)
	}
	f.begin(head)
	patience, cancel := context.WithTimeout(ctx, gapPatience)
	caughtUp := f.reached(patience, head)
	cancel()
	if !caughtUp {
		if err := f.repair(ctx, head); err != nil {
			return err
		}
	}
	f.position.proof.Store(&t0)
	return nil
}

func (f *Follower) look(ctx context.Context) (Head, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	return f.cfg.Source.Head(ctx)
}

// begin has the sink reset to head if head is of another epoch.
func (f *Follower) begin(head Head) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if head.Epoch == f.position.head().Epoch {
		f.highest = later(f.highest, head)
		return
	}
	f.startOver(head)
}

// startOver has the sink reset to head. The caller holds the lock.
func (f *Follower) startOver(head Head) {
	f.highest = head
	f.reset = &head
	clear(f.pending)
	notify(f.kick)
}

// restored ends the epoch of a log that has lost commits: the database has been
// replaced by an older state of itself, and numbers no longer mean what they did.
func (f *Follower) restored(ctx context.Context, head Head) error {
	f.cfg.Log.WarnContext(ctx, "log has gone back", "subject", f.cfg.Subject, "epoch", head.Epoch, "seq", head.Seq)
	if r, ok := f.cfg.Source.(Raiser); ok {
		if err := r.RaiseEpoch(ctx, head.Epoch); err != nil {
			return err
		}
		f.lookSoon()
		return fmt.Errorf("epoch %d has ended", head.Epoch)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.startOver(head)
	return fmt.Errorf("epoch %d has lost commits", head.Epoch)
}

// reached waits until the sink is in step with head, or ctx is done.
func (f *Follower) reached(ctx context.Context, head Head) bool {
	for {
		moved := f.position.next()
		if at := f.position.head(); at.Epoch == head.Epoch && at.Seq >= head.Seq {
			return true
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return false
		}
	}
}

// repair reads from the log what has not arrived otherwise, up to head.
func (f *Follower) repair(ctx context.Context, head Head) error {
	ctx, cancel := context.WithTimeout(ctx, f.cfg.Lease)
	defer cancel()
	for {
		at := f.position.head()
		if at.Epoch != head.Epoch {
			return fmt.Errorf("not yet reset to epoch %d", head.Epoch)
		}
		if at.Seq >= head.Seq {
			return nil
		}
		events, err := f.cfg.Source.Since(ctx, at.Seq, repairBatch)
		if err != nil {
			return err
		}
		if len(events) == 0 || events[0].Seq != at.Seq+1 {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.startOver(head) // the log has been trimmed past us
			return fmt.Errorf("log no longer has commit %d", at.Seq+1)
		}
		for _, ev := range events {
			f.Offer(ev)
		}
		if last := events[len(events)-1]; !f.reached(ctx, Head{last.Epoch, last.Seq}) {
			return fmt.Errorf("commit %d is not applied yet", last.Seq)
		}
	}
}
