package model_test

import (
	"stockroom/pkg/coherent"
	"stockroom/pkg/commitlog"
)

// aim is what a reader must be shown.
type aim struct {
	epoch, seq int64
	proven     bool
}

// shown says whether res shows what a asks for although it may have been read
// before a was made.
func (a aim) shown(res result) bool { return a.proven && res.epoch == a.epoch && res.validAt >= a.seq }

// proven returns what is proven right.
func (p *process) proven(t *task, n int, least int64) (result, error) {
	a := p.aim(t, least)
	t.step()
	if !a.proven {
		return p.fromDatabase(t, n, a)
	}
	if e, ok := p.get(n, a.epoch); ok {
		t.step()
		if p.fresh() {
			return result{entry: e, origin: coherent.FromL1}, nil
		}
	}
	res, err := p.fetches.do(t, n, p.accept(a), func() (result, error) { return p.fetch(t, n, a) })
	t.step()
	if err == nil && res.origin == coherent.FromL2 && !p.fresh() {
		a.proven = false
		return p.fromDatabase(t, n, a)
	}
	return res, err
}

// aim finds out what a reader that arrives now must be shown.
func (p *process) aim(t *task, least int64) aim {
	if p.w.without.least {
		least = 0
	}
	look := func() (bool, commitlog.Head) {
		fresh := p.fresh()
		t.step()
		return fresh, p.applied
	}
	seq := max(least, p.ownSeq())
	t.step()
	fresh, applied := look()
	if fresh && applied.Seq < seq {
		t.waitFor(forMessages, func() bool { return p.applied.Seq >= seq })
		fresh, applied = look()
	}
	return aim{epoch: applied.Epoch, seq: max(applied.Seq, seq), proven: fresh && applied.Seq >= seq}
}

// accept is what makes a reader share what began before it came.
func (p *process) accept(a aim) func(result) bool {
	if p.w.without.sharing {
		return func(result) bool { return true }
	}
	return a.shown
}

// fetch returns the value as the second level has it, or loads it and puts it there.
func (p *process) fetch(t *task, n int, a aim) (result, error) {
	began := p.l1.era
	t.step()
	at := p.proof
	t.step()
	applied := p.applied
	if applied.Epoch != began.epoch || applied.Epoch != a.epoch {
		a.proven = false
		return p.fromDatabase(t, n, a)
	}
	a.seq = max(applied.Seq, a.seq)
	if !p.begun(t, began) {
		return p.fromDatabase(t, n, a)
	}
	claim := coherent.Claim{Key: keys[n], Epoch: a.epoch, Token: p.w.token()}
	found, err := p.ask(t, claim, a.seq)
	switch {
	case err == nil && found.State == coherent.Hit:
		e := found.Entry
		e.AsOf = max(e.AsOf, found.Watermark)
		p.keep(t, n, e, began, at)
		return result{entry: e, origin: coherent.FromL2, validAt: e.AsOf, epoch: a.epoch}, nil
	case err == nil && found.State == coherent.Claimed:
		a.seq = max(a.seq, found.Watermark)
		return p.fill(t, n, claim, a)
	case err == nil && found.State == coherent.Behind:
		p.repairShared(t, found.Watermark, applied)
	}
	return p.fromDatabase(t, n, a)
}

// ask asks the second level, and a few times more while somebody else loads.
func (p *process) ask(t *task, c coherent.Claim, need int64) (found coherent.Found, err error) {
	for range 4 {
		err = p.call(t, func() { found = p.m.redis.get(c, need) })
		if err != nil || found.State != coherent.Wait {
			break
		}
		t.step()
	}
	return found, err
}

// fill loads the value under a claim and puts it into the second level.
func (p *process) fill(t *task, n int, claim coherent.Claim, a aim) (result, error) {
	res, err := p.fromDatabase(t, n, a)
	if err != nil || res.entry.Absent || res.entry.AsOf < a.seq || res.epoch != a.epoch {
		_ = p.call(t, func() { _ = p.m.redis.Release(ctx(), claim) })
		return res, err
	}
	_ = p.call(t, func() { p.m.redis.fill(claim, res.entry) })
	return res, nil
}

// fromDatabase loads the value, or shares a load that shows what a asks for.
func (p *process) fromDatabase(t *task, n int, a aim) (result, error) {
	return p.loads.do(t, n, p.accept(a), func() (result, error) {
		began, at := p.l1.era, p.w.now
		e, err := p.load(t, n)
		if err != nil {
			return result{}, err
		}
		if p.w.without.eraFirst {
			began = p.l1.era
		}
		p.keep(t, n, e, began, at)
		return result{entry: e, origin: coherent.FromDB, validAt: e.AsOf, epoch: began.epoch}, nil
	})
}

// load reads an item in one snapshot, and the head before a list.
func (p *process) load(t *task, n int) (coherent.Entry, error) {
	if err := p.toDatabase(t); err != nil {
		return coherent.Entry{}, err
	}
	db, m := p.w.db, p.w.db.latest()
	if p.w.without.primary {
		m = max(0, m-p.w.below(4)) // from a copy that is behind
	}
	e := db.entry(n, m)
	if n == theList {
		t.step()
		if now := db.entry(n, db.latest()); p.w.without.headFirst {
			e.AsOf = now.AsOf
		} else if !p.w.without.primary {
			e.Version = now.Version
		}
	}
	return e, p.toDatabase(t)
}
