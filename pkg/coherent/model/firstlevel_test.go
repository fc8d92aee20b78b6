package model_test

import (
	"stockroom/pkg/coherent"
	"stockroom/pkg/commitlog"
)

// stripes are fewer than items, so that some share one.
const stripes = 3

// firstLevel is the cache in a process.
type firstLevel struct {
	items, absent [items]*kept
	list          *kept
	era           *era
}

type kept struct {
	coherent.Entry
	era *era
	at  int // a tick at which or after which it was right
}

// era is what the first level knows since its last reset.
type era struct {
	epoch, floor, listGen int64
	stripes               [stripes]int64
	begun                 bool
}

func newEra(head commitlog.Head) *era {
	return &era{epoch: head.Epoch, floor: head.Seq, listGen: head.Seq}
}

func (e *era) admits(n int, asOf int64, without *guards) bool {
	if n == theList {
		return without.listGen || asOf >= max(e.floor, e.listGen)
	}
	return without.put || asOf >= max(e.floor, e.stripes[n%stripes])
}

// get returns what no event applied so far has made invalid.
func (p *process) get(n int, epoch int64) (coherent.Entry, bool) {
	if k, valid := p.last(n, epoch); valid {
		return k.Entry, true
	}
	return coherent.Entry{}, false
}

// last returns what there is, or nil, and whether it is still valid.
func (p *process) last(n int, epoch int64) (k *kept, valid bool) {
	now := p.l1.era
	if now.epoch != epoch {
		return nil, false
	}
	here := func(k *kept) bool { return k != nil && (k.era == now || p.w.without.era) }
	if k := p.l1.list; n == theList {
		if here(k) {
			return k, k.AsOf >= now.listGen || p.w.without.listGen
		}
		return nil, false
	}
	if k := p.l1.items[n]; here(k) {
		return k, true
	}
	if k := p.l1.absent[n]; here(k) {
		return k, true
	}
	return nil, false
}

// keep puts an entry that was right at tick at or later into the first level,
// unless something is known that its read, which began in the era began, may
// have missed.
func (p *process) keep(t *task, n int, e coherent.Entry, began *era, at int) {
	into, other := p.shelves(n, e.Absent)
	old, now := *into, p.l1.era
	if p.w.without.era {
		began = now
	}
	if now != began || !began.admits(n, e.AsOf, &p.w.without) {
		return
	}
	if old == nil || old.era != began || old.AsOf < e.AsOf {
		*into = &kept{Entry: e, era: began, at: at}
	}
	if other != nil {
		t.step()
		drop(other, e.AsOf)
	}
}

func (p *process) shelves(n int, absent bool) (into, other **kept) {
	switch {
	case n == theList:
		return &p.l1.list, nil
	case absent:
		return &p.l1.absent[n], &p.l1.items[n]
	}
	return &p.l1.items[n], &p.l1.absent[n]
}

// forget drops what ev makes invalid.
func (p *process) forget(t *task, ev commitlog.Event) {
	now := p.l1.era
	if now.epoch != ev.Epoch {
		return
	}
	for _, id := range ev.IDs {
		n := indexOf(id)
		now.stripes[n%stripes] = max(now.stripes[n%stripes], ev.Seq)
		t.step()
		drop(&p.l1.items[n], ev.Seq)
		t.step()
		drop(&p.l1.absent[n], ev.Seq)
	}
	if ev.Lists {
		now.listGen = max(now.listGen, ev.Seq)
	}
}

// anew forgets everything, and begins an era at head.
func (p *process) anew(t *task, head commitlog.Head) *era {
	now := newEra(head)
	p.l1.era = now
	if p.w.without.era {
		return now
	}
	t.step()
	p.l1.items, p.l1.absent, p.l1.list = [items]*kept{}, [items]*kept{}, nil
	return now
}

func drop(k **kept, seq int64) {
	if *k != nil && (*k).AsOf < seq {
		*k = nil
	}
}
