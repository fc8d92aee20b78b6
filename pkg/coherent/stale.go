package coherent

import (
	"context"
	"crypto/rand"
	"time"

	"stockroom/pkg/commitlog"
)

const (
	// staleFor is how long ago an answer must have been right at least to be
	// given, labelled, while the database does not answer.
	staleFor = 5 * time.Minute

	// stalePatience is how long who could get such an answer waits for a better
	// one.
	stalePatience = 300 * time.Millisecond
)

// stale returns the newest answer that includes commit least and was right not
// too long ago.
func (c *Cache) stale(ctx context.Context, key Key, least int64) (Answer, bool) {
	own, intact, ok := c.remembered(key, least)
	if ok && intact || c.store == nil {
		return own, ok
	}
	if shared, ok := c.remembersTogether(ctx, key, least); ok {
		return shared, true
	}
	own, _, ok = c.remembered(key, least) // again: meanwhile it has become older, or is gone
	return own, ok
}

// remembered returns what the first level has for key, and whether no event is
// known that has changed it. If there is none, the answer was right when the
// position was last proven; otherwise when it was read.
func (c *Cache) remembered(key Key, least int64) (a Answer, intact, ok bool) {
	p := c.position.Load()
	if p == nil {
		return Answer{}, false, false
	}
	// The age comes first, then the position: what is intact after that has
	// outlived all events up to there, and there is not before the proof.
	age, applied := (*p).Age(), (*p).Applied()
	k, intact := c.l1.last(key, applied.Epoch)
	if k == nil {
		return Answer{}, false, false
	}
	asOf, readAgo := k.AsOf, since(k.at)
	if intact {
		asOf, age = max(asOf, applied.Seq), min(age, readAgo)
	} else {
		age = readAgo
	}
	a, ok = labelled(k.Entry, FromL1, age, commitlog.Head{Epoch: applied.Epoch, Seq: asOf}, least)
	return a, intact, ok
}

// remembersTogether returns what the second level has for key. It need not be
// at the position of anybody but of this process: what it has then was right
// when that was last proven. A second level that is behind proves nothing.
func (c *Cache) remembersTogether(ctx context.Context, key Key, least int64) (Answer, bool) {
	pos := *c.position.Load()
	began := c.l1.era.Load()
	age, applied := pos.Age(), pos.Applied() // in this order, see remembered
	at := time.Now().Add(-age)
	if age > staleFor || applied.Epoch != began.epoch || !began.begun.Load() {
		return Answer{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, secondLevelTime)
	defer cancel()
	claim := Claim{Key: key, Epoch: applied.Epoch, Token: rand.Text()}
	found, err := c.store.Get(ctx, claim, applied.Seq, claimTime)
	if err == nil && found.State == Claimed {
		err = c.store.Release(ctx, claim)
	}
	if err != nil {
		c.count.l2Errors.Add(1)
		return Answer{}, false
	}
	if found.State != Hit {
		return Answer{}, false
	}
	e := found.rightAsOfWatermark()
	c.keep(key, e, began, at) // the next reader need not come here
	return labelled(e, FromL2, since(at), commitlog.Head{Epoch: applied.Epoch, Seq: e.AsOf}, least)
}

// labelled returns an answer that says how old it is, unless it is too old or
// does not include commit least.
func labelled(e Entry, origin Origin, age time.Duration, asOf commitlog.Head, least int64) (Answer, bool) {
	if age > staleFor || asOf.Seq < least {
		return Answer{}, false
	}
	return Answer{Entry: e, Origin: origin, Stale: &Stale{Age: age, AsOf: asOf}}, true
}

// since returns the longer of the times that the two clocks say have passed: the
// monotonic one stands still while a virtual machine is suspended, and the other
// may be set back.
func since(t time.Time) time.Duration {
	return max(time.Since(t), time.Now().Round(0).Sub(t.Round(0)))
}
