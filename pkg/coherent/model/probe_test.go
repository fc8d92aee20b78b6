package model_test

import (
	"fmt"
	"math"

	"stockroom/pkg/commitlog"
)

// Steps of patience.
const (
	forMessages = 4
	forApplying = 30
)

// probe looks at the head of the log, over and over.
func (p *process) probe(t *task) {
	for ; ; t.step() {
		if p.w.without.probe && p.applied.Epoch != 0 {
			if p.w.now >= p.m.busAway {
				p.proof = p.w.now // it hears of everything, does it not?
			}
			continue
		}
		p.look(t)
	}
}

// look makes good what messages have lost, and renews the lease from the moment
// before it looked.
func (p *process) look(t *task) {
	seen, began := p.seen(), p.w.now
	if p.toDatabase(t) != nil {
		return
	}
	head := p.w.db.head()
	if p.toDatabase(t) != nil {
		return
	}
	if head.Before(seen) && !p.w.without.detection {
		if p.toDatabase(t) == nil {
			p.w.db.raise(head, seen)
		}
		return
	}
	p.beginAt(head)
	if p.catchUp(t, head) != nil {
		return
	}
	if p.w.without.leaseFromBefore {
		began = p.w.now
	}
	p.proof = began
	p.note("has a lease from tick", -1, int64(began))
}

func (p *process) beginAt(head commitlog.Head) {
	if p.reset == nil && head.Epoch != p.applied.Epoch || p.reset != nil && head.Epoch != p.reset.Epoch {
		p.startOver(head)
	}
}

func (p *process) startOver(head commitlog.Head) {
	p.reset, p.resetDue = &head, !p.w.without.resetDue
	clear(p.pending)
}

// catchUp returns when the caches are in step with head.
func (p *process) catchUp(t *task, head commitlog.Head) error {
	reached := func() bool { return p.applied.Epoch == head.Epoch && p.applied.Seq >= head.Seq }
	if t.waitFor(forMessages, reached) {
		return nil
	}
	if p.reset != nil {
		if t.waitFor(forApplying, reached) {
			return nil
		}
		return errAway
	}
	for {
		after, err := p.missing(head)
		if err != nil {
			return err
		}
		if after == head.Seq {
			if t.waitFor(forApplying, reached) {
				return nil
			}
			return errAway
		}
		if err := p.repair(t, head, after); err != nil {
			return err
		}
	}
}

func (p *process) missing(head commitlog.Head) (int64, error) {
	if p.applied.Epoch != head.Epoch {
		return 0, errAway
	}
	after := p.applied.Seq
	for after < head.Seq {
		if _, here := p.pending[after+1]; !here {
			break
		}
		after++
	}
	return min(after, head.Seq), nil
}

// repair reads from the log what comes after number after.
func (p *process) repair(t *task, head commitlog.Head, after int64) error {
	if err := p.toDatabase(t); err != nil {
		return err
	}
	events := p.w.db.since(after, batch)
	if err := p.toDatabase(t); err != nil {
		return err
	}
	for i, ev := range events {
		if ev.Epoch != head.Epoch {
			return errAway
		}
		if ev.Seq != after+1+int64(i) && !p.w.without.trimming {
			events = events[:i]
			break
		}
		p.add(ev, math.MaxInt)
	}
	if len(events) == 0 {
		if p.w.without.trimming {
			p.applied = head
			return nil
		}
		p.startOver(head)
		return fmt.Errorf("commit %d has been trimmed", after+1)
	}
	last := events[len(events)-1].Head()
	if !t.waitFor(forApplying, func() bool { return !p.applied.Before(last) }) {
		return errAway
	}
	return nil
}

// toDatabase is one way to the database or back, which may be long.
func (p *process) toDatabase(t *task) error {
	t.step()
	if p.w.oneIn(10) {
		for range p.w.below(20) {
			t.step()
		}
	}
	if p.w.now < p.m.dbAway {
		return errAway
	}
	return nil
}
