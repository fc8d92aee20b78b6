package model_test

import (
	"math"

	"stockroom/pkg/commitlog"
)

// What a message or the memory of a process has no room for.
const (
	maxIDs     = 2 // ids of an event
	maxPending = 6 // events that wait for an earlier one
	batch      = 3 // events read from the log at once
)

// position is how far a process has followed the log.
type position struct {
	applied, own commitlog.Head
	pending      map[int64]commitlog.Event
	reset        *commitlog.Head
	resetDue     bool
	proof        int // the tick as of which everything had been applied
}

func (p *process) fresh() bool {
	if p.w.without.lease {
		return p.applied.Epoch != 0
	}
	return p.w.now < p.proof+lease && !p.resetDue && p.own.Epoch <= p.applied.Epoch
}

func (p *process) ownSeq() int64 {
	if p.own.Epoch != p.applied.Epoch || p.w.without.own {
		return 0
	}
	return p.own.Seq
}

func (p *process) seen() commitlog.Head {
	if p.applied.Before(p.own) {
		return p.own
	}
	return p.applied
}

// offer hands over an event from any source.
func (p *process) offer(t *task, ev commitlog.Event) {
	if p.add(ev, maxPending) {
		t.step()
		p.forget(t, ev)
	}
}

func (p *process) add(ev commitlog.Event, room int) (early bool) {
	at := p.applied
	if p.reset != nil {
		at = *p.reset
	}
	switch {
	case ev.Epoch > at.Epoch, !at.Before(ev.Head()):
		return false
	case len(p.pending) >= room && ev.Seq > at.Seq+1:
		return true
	}
	p.pending[ev.Seq] = ev
	return ev.Seq > at.Seq+1
}

// receive takes messages off the bus, in any order.
func (p *process) receive(t *task) {
	for ; ; t.step() {
		if len(p.inbox) == 0 {
			continue
		}
		i, last := p.w.below(len(p.inbox)), len(p.inbox)-1
		ev := p.inbox[i]
		p.inbox[i], p.inbox = p.inbox[last], p.inbox[:last]
		if len(ev.IDs) <= maxIDs {
			p.offer(t, ev)
		}
	}
}

// publish tells all processes of a commit, if it happens to reach them.
func (p *process) publish(ev commitlog.Event) {
	for _, m := range p.w.members {
		for range 1 + p.w.below(12)/11 { // some twice
			if p.w.now >= p.m.busAway && p.w.now >= m.busAway && !p.w.oneIn(10) {
				m.process.inbox = append(m.process.inbox, ev)
			}
		}
	}
}

// apply applies what is next, one after the other.
func (p *process) apply(t *task) {
	for ; ; t.step() {
		if h := p.reset; h != nil {
			p.sinkReset(t, *h)
			t.step()
			if p.reset == h {
				p.reset, p.applied, p.resetDue = nil, *h, false
				p.note("has reset", -1, h.Epoch, h.Seq)
			}
			continue
		}
		ev, ok := p.next()
		if !ok {
			continue
		}
		p.sinkApply(t, ev)
		t.step()
		if p.reset == nil {
			delete(p.pending, ev.Seq)
			p.applied = ev.Head()
			p.note("has applied", -1, ev.Epoch, ev.Seq)
		}
	}
}

func (p *process) next() (ev commitlog.Event, ok bool) {
	if !p.w.without.order {
		ev, ok = p.pending[p.applied.Seq+1]
		return ev, ok
	}
	seq := int64(math.MaxInt64)
	for s := range p.pending {
		if s > p.applied.Seq && s < seq {
			seq = s
		}
	}
	ev, ok = p.pending[seq]
	return ev, ok
}
