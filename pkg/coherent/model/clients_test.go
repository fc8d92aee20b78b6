package model_test

import "stockroom/pkg/commitlog"

// write makes commits, now and then.
func (p *process) write(t *task) {
	for ; ; t.step() {
		db := p.w.db
		if !p.w.oneIn(6) || p.w.now < p.m.dbAway || !db.writable() {
			continue
		}
		var ids []string
		for range 1 + p.w.below(maxIDs+1) {
			ids = append(ids, names[p.w.below(items)])
		}
		lists, gone := p.w.oneIn(2), p.w.oneIn(4)
		if p.w.without.commitFirst {
			head := db.head()
			p.publish(commitlog.Event{Epoch: head.Epoch, Seq: head.Seq + 1, IDs: ids, Lists: lists})
			t.step()
		}
		ev, moment := db.commit(ids, lists, gone)
		exempt := db.unnoticed
		p.note("commits", -1, ev.Epoch, ev.Seq)
		t.step()
		if p.w.without.commitFirst {
			p.m.own = moment
			continue
		}
		if p.w.oneIn(10) { // between the commit and its publication
			p.crashed = !p.w.hushed()
			t.step()
			continue
		}
		if p.own.Before(ev.Head()) {
			p.own = ev.Head()
		}
		p.offer(t, ev)
		t.step()
		p.publish(ev)
		t.waitFor(forMessages, func() bool { return !p.applied.Before(ev.Head()) })
		if !exempt {
			p.m.own = max(p.m.own, moment)
		}
	}
}

// read reads values, and checks every answer.
func (p *process) read(t *task) {
	for ; ; t.step() {
		db, n := p.w.db, p.w.below(keyCount)
		low := max(db.before(p.w.now-lease), p.m.own)
		var least int64
		presented := 0
		if head := db.head(); p.w.oneIn(4) && head.Epoch == p.applied.Epoch && !db.unnoticed {
			least, presented = head.Seq, db.latest()
		}
		a, err := p.find(t, n, least)
		if err != nil {
			continue
		}
		p.w.answers[a.origin]++
		if a.stale {
			p.w.stale++
		}
		if a.stale && !p.w.without.label {
			low = db.before(a.at - 1) // which is all that it promises; a tick has several steps
		}
		if low = max(low, presented); !db.held(n, a.entry.Version, low) {
			p.wrong(n, a, low)
		}
	}
}

func (p *process) wrong(n int, a answer, low int) {
	what := "answers with what was over, by moment and moment:"
	if a.stale {
		what = "answers, labelled, with what was over, by moment and moment:"
	}
	p.note(what, n, a.entry.Version, int64(low))
	if p.w.wrong == "" {
		p.w.wrong = keys[n].String() + " from " + string(a.origin)
	}
}
