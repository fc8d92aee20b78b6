package model_test

import "stockroom/pkg/coherent"

// answer is what a reader gets.
type answer struct {
	result
	stale bool
	at    int // a tick at which or after which a stale one was right
}

// find returns value n, or what was right lately if the database is away.
func (p *process) find(t *task, n int, least int64) (answer, error) {
	res, err := p.proven(t, n, least)
	if err == nil {
		return answer{result: res}, nil
	}
	t.step()
	own, intact, ok := p.remembered(t, n, least)
	if ok && intact {
		return own, nil
	}
	if shared, ok := p.remembersTogether(t, n, least); ok {
		return shared, nil
	}
	if own, _, ok = p.remembered(t, n, least); ok {
		return own, nil
	}
	return answer{}, err
}

// remembered returns what the first level has, and whether no event is known
// that has changed it. The proof comes first, then the position.
func (p *process) remembered(t *task, n int, least int64) (a answer, intact, ok bool) {
	at := p.proof
	t.step()
	applied := p.applied
	t.step()
	k, intact := p.last(n, applied.Epoch)
	if k == nil {
		return answer{}, false, false
	}
	asOf := k.AsOf
	if intact {
		asOf, at = max(asOf, applied.Seq), max(at, k.at)
	} else {
		at = k.at
	}
	a, ok = p.labelled(k.Entry, coherent.FromL1, at, asOf, least)
	return a, intact, ok
}

// remembersTogether returns what the second level has, as of what is applied.
func (p *process) remembersTogether(t *task, n int, least int64) (answer, bool) {
	began := p.l1.era
	t.step()
	at := p.proof
	t.step()
	applied := p.applied
	if p.w.now-at > staleFor || applied.Epoch != began.epoch || !began.begun {
		return answer{}, false
	}
	var found coherent.Found
	claim := coherent.Claim{Key: keys[n], Epoch: applied.Epoch, Token: p.w.token()}
	err := p.call(t, func() { found = p.m.redis.get(claim, applied.Seq) })
	if err == nil && found.State == coherent.Claimed {
		_ = p.call(t, func() { _ = p.m.redis.Release(ctx(), claim) })
	}
	if err != nil || found.State != coherent.Hit {
		return answer{}, false
	}
	e := found.Entry
	e.AsOf = max(e.AsOf, found.Watermark)
	p.keep(t, n, e, began, at)
	return p.labelled(e, coherent.FromL2, at, e.AsOf, least)
}

func (p *process) labelled(e coherent.Entry, origin coherent.Origin, at int, asOf, least int64) (answer, bool) {
	if p.w.now-at > staleFor || asOf < least && !p.w.without.staleLeast {
		return answer{}, false
	}
	if p.w.without.staleAge {
		at = p.w.now
	}
	return answer{result: result{entry: e, origin: origin}, stale: true, at: at}, true
}
