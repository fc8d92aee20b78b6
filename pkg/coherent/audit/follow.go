package audit

import (
	"context"
	"math/rand/v2"
	"time"

	"stockroom/pkg/coherent"
	"stockroom/pkg/commitlog"
)

const (
	batch      = 1000 // events read from the log at once
	idsEach    = 2    // of one event
	maxTouched = 64
)

// sample is a key to look at.
type sample struct {
	key  coherent.Key
	need commitlog.Head // the commit that touched it; zero if it is not for a commit that it is looked at
	seen time.Time      // when that was known to have happened
}

// follow reads what is new in the log.
func (a *Auditor) follow(ctx context.Context) error {
	head, err := a.cfg.Source.Head(ctx)
	if err != nil {
		return err
	}
	if head.Epoch != a.at.Epoch || head.Seq < a.at.Seq || head.Seq-a.at.Seq > batch {
		a.at = head // the beginning, another epoch, or more than can be looked at
		return nil
	}
	if head.Seq == a.at.Seq {
		return nil
	}
	events, err := a.cfg.Source.Since(ctx, a.at.Seq, batch)
	if err != nil {
		return err
	}
	now := time.Now() // they have happened by now
	for _, ev := range events {
		if ev.Epoch != a.at.Epoch || ev.Seq != a.at.Seq+1 {
			a.at = head
			break
		}
		a.at = ev.Head()
		for range min(idsEach, len(ev.IDs)) {
			a.remember(sample{coherent.Item(ev.IDs[rand.IntN(len(ev.IDs))]), ev.Head(), now})
		}
	}
	return nil
}

func (a *Auditor) remember(s sample) {
	if len(a.touched) < maxTouched {
		a.touched = append(a.touched, s)
		return
	}
	a.touched[rand.IntN(maxTouched)] = s
}

// due returns some of the samples that all replicas must have heard of by now,
// and keeps the others.
func (a *Auditor) due(now time.Time, most int) (due []sample) {
	kept := a.touched[:0]
	for _, s := range a.touched {
		if len(due) < most && now.Sub(s.seen) >= a.cfg.After {
			due = append(due, s)
		} else {
			kept = append(kept, s)
		}
	}
	a.touched = kept
	return due
}
