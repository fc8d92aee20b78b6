package model_test

import (
	"stockroom/pkg/coherent"
	"stockroom/pkg/commitlog"
)

// recentEvents bounds how far a second level may fall behind and keep what it has.
const recentEvents = 6

// sinkApply makes everything invalid that ev has changed, in the second level
// before the first.
func (p *process) sinkApply(t *task, ev commitlog.Event) {
	now := p.l1.era
	if now.epoch != ev.Epoch {
		p.sinkReset(t, ev.Head())
		return
	}
	if p.w.without.secondFirst {
		p.forget(t, ev)
	}
	p.recent[ev.Seq%recentEvents] = ev
	if len(ev.IDs) > maxIDs {
		p.recent[ev.Seq%recentEvents] = commitlog.Event{}
	}
	p.applyShared(t, now, ev)
	if !p.w.without.secondFirst {
		p.forget(t, ev)
	}
}

func (p *process) sinkReset(t *task, head commitlog.Head) {
	now := p.anew(t, head)
	clear(p.recent[:])
	p.begun(t, now)
}

// begun says whether the second level belongs to the era now, and makes it so
// if need be.
func (p *process) begun(t *task, now *era) bool {
	if now.begun {
		return true
	}
	if p.repairing {
		return false
	}
	p.repairing = true
	defer func() { p.repairing = false }()

	head := commitlog.Head{Epoch: now.epoch, Seq: now.floor}
	if p.call(t, func() { p.m.redis.begin(head) }) != nil {
		return false
	}
	now.begun = true
	return true
}

func (p *process) applyShared(t *task, now *era, ev commitlog.Event) {
	if !now.begun {
		return
	}
	var at int64
	if p.call(t, func() { at = p.m.redis.apply(ev) }) == nil && at < ev.Seq {
		p.catchUpShared(t, at, ev.Head())
	}
}

// repairShared brings a second level that is behind to head, one at a time.
func (p *process) repairShared(t *task, at int64, head commitlog.Head) {
	if p.repairing {
		return
	}
	p.repairing = true
	defer func() { p.repairing = false }()

	p.catchUpShared(t, at, head)
}

func (p *process) catchUpShared(t *task, at int64, head commitlog.Head) {
	missed, ok := p.recentAfter(head, at)
	for _, ev := range missed {
		var reached int64
		if p.call(t, func() { reached = p.m.redis.apply(ev) }) != nil {
			return
		}
		ok = ok && reached >= ev.Seq
	}
	if !ok {
		_ = p.call(t, func() { p.m.redis.reset(head) })
	}
}

// recentAfter returns the events after at up to head, if all are remembered.
func (p *process) recentAfter(head commitlog.Head, at int64) (events []commitlog.Event, ok bool) {
	if at == coherent.Lost || head.Seq-at > recentEvents {
		return nil, false
	}
	for s := at + 1; s <= head.Seq; s++ {
		ev := p.recent[s%recentEvents]
		if ev.Epoch != head.Epoch || ev.Seq != s {
			return nil, false
		}
		events = append(events, ev)
	}
	return events, true
}
