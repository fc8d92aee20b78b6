package commitlog

import (
	"context"
	"errors"
	"time"
)

// Raiser is a [Source] that can begin a new epoch.
type Raiser interface {
	// Raise moves a log that stands at found, and has lost commits up to seen,
	// to an epoch and a number after both, so that no number is given twice. It
	// does nothing if the log is no longer in the epoch of found: of several
	// callers one wins.
	Raise(ctx context.Context, found, seen Head) error
}

var errRaised = errors.New("log has lost commits, and begins a new epoch")

func (f *Follower) probeUntil(ctx context.Context) {
	every := time.NewTicker(f.cfg.Probe)
	defer every.Stop()
	timeout, patience := probeTimeout, gapPatience
	for {
		begun := time.Now()
		err := f.probe(ctx, timeout, patience)
		f.logAway.Note(ctx, err)
		if errors.Is(err, errRaised) {
			continue
		}
		// A source that needs longer gets the time: if it was never given enough to
		// connect, nothing would ever be fresh again.
		took, enough := time.Since(begun), max(2*timeout, f.cfg.Lease)
		switch {
		case err == nil:
			enough = 2 * took
			f.outOfReach.Store(false)
		case took < timeout || timeout >= f.cfg.Lease:
			f.outOfReach.Store(true)
		}
		timeout = min(max(enough, probeTimeout), maxTimeout)
		patience = 0
		select {
		case <-ctx.Done():
			return
		case <-every.C:
			patience = gapPatience // messages may be on their way
		case <-f.soon:
		}
	}
}

// OutOfReach reports whether the log cannot be read, and is not merely slow: the
// last look at it failed at once, or though it was given as long as a lease.
func (f *Follower) OutOfReach() bool { return f.outOfReach.Load() }

// probe looks at the head, makes good what messages have lost, and renews the
// lease from the moment before it looked.
func (f *Follower) probe(ctx context.Context, timeout, patience time.Duration) error {
	seen := f.seen() // what happens while the head is on its way proves nothing
	t0 := f.now()
	head, err := f.look(ctx, timeout)
	if err != nil {
		return err
	}
	if head.Before(seen) {
		if err := f.lost(ctx, head, seen); err != nil {
			return err
		}
	}
	f.begin(head)
	if err := f.catchUp(ctx, head, patience); err != nil {
		return err
	}
	f.position.prove(t0, f.cfg.Lease)
	return nil
}

// seen returns the last commit that is known to have happened. What messages
// say does not count before it is applied: only then the log has confirmed it,
// or all before it.
func (f *Follower) seen() Head {
	applied, own := f.position.head(), f.position.ownHead()
	if applied.Before(own) {
		return own
	}
	return applied
}

func (f *Follower) look(ctx context.Context, timeout time.Duration) (Head, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return f.cfg.Source.Head(ctx)
}

// begin has the sink reset to head if head is of another epoch.
func (f *Follower) begin(head Head) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.reset == nil && head.Epoch != f.position.head().Epoch || f.reset != nil && head.Epoch != f.reset.Epoch {
		f.startOver(head)
		return
	}
	notify(f.kick) // to try again a reset that failed
}

// startOver has the sink reset to head. The caller holds the lock.
func (f *Follower) startOver(head Head) {
	f.reset = &head
	f.position.resetDue.Store(true)
	clear(f.pending)
	notify(f.kick)
}

// lost deals with a log that has not got what was seen in it: the database has
// been replaced by an older state of itself, and its numbers no longer mean
// what they did.
func (f *Follower) lost(ctx context.Context, head, seen Head) error {
	f.cfg.Log.WarnContext(ctx, "log has lost commits", "subject", f.cfg.Subject,
		"epoch", head.Epoch, "seq", head.Seq, "seen_epoch", seen.Epoch, "seen_seq", seen.Seq)
	if r, ok := f.cfg.Source.(Raiser); ok {
		ctx, cancel := context.WithTimeout(ctx, f.cfg.Lease)
		defer cancel()
		if err := r.Raise(ctx, head, seen); err != nil {
			return err
		}
		return errRaised
	}
	// Who owns the log will begin the epoch; until then this is the best that is known.
	f.position.own.Store(nil)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.reset == nil || head.Before(*f.reset) {
		f.startOver(head)
	}
	return nil
}
