package coherent

import (
	"context"
	"crypto/rand"
	"time"

	"stockroom/pkg/failpoint"
)

const (
	secondLevelTTL  = 10 * time.Minute
	secondLevelTime = 100 * time.Millisecond // longest time that a read spends on the second level

	// claimTime is how long others wait for one that died with its claim. A
	// load that takes longer is not kept.
	claimTime = 2 * time.Second
)

// polls are the pauses of a reader while another process loads the value.
var polls = [...]time.Duration{5 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond, 40 * time.Millisecond}

// fromSecondLevel returns the value of key as the second level has it, or loads
// it and puts it there. Readers of one key in this process go there once.
func (c *Cache) fromSecondLevel(ctx context.Context, key Key, a aim, load Load) (result, error) {
	limit := secondLevelTime + c.patience()
	return c.fetches.do(ctx, key, limit, a.shown, func(ctx context.Context) (result, error) {
		return c.fetch(ctx, key, a, load)
	})
}

func (c *Cache) fetch(ctx context.Context, key Key, a aim, load Load) (result, error) {
	// The era is read before the position, and both anew: readers who come
	// while this flight is under way rely on what is applied when it begins.
	began := c.l1.era.Load()
	pos := *c.position.Load()
	provenAt := time.Now().Add(-pos.Age())
	applied := pos.Applied()
	if applied.Epoch != began.epoch || applied.Epoch != a.epoch {
		a.proven = false // a reset is under way
		return c.fromDatabase(ctx, key, a, c.patience(), load)
	}
	a.seq = max(applied.Seq, a.seq)
	if !c.begun(ctx, began) {
		return c.fromDatabase(ctx, key, a, c.patience(), load)
	}

	claim := Claim{Key: key, Epoch: a.epoch, Token: rand.Text()}
	found, ok := c.ask(ctx, claim, a.seq)
	switch {
	case ok && found.State == Hit:
		c.count.l2Hits.Add(1)
		c.hits.note(key)
		e := found.rightAsOfWatermark()
		c.keep(key, e, began, provenAt)
		return result{entry: e, origin: FromL2, validAt: e.AsOf, epoch: a.epoch}, nil
	case ok && found.State == Claimed:
		a.seq = max(a.seq, found.Watermark)
		return c.fill(ctx, claim, a, load)
	case ok && found.State == Behind:
		c.repair(ctx, found.Watermark, applied)
	}
	return c.fromDatabase(ctx, key, a, c.patience(), load)
}

// rightAsOfWatermark returns the entry of a hit. No event up to the watermark
// has touched it, so it is right as of there too.
func (f Found) rightAsOfWatermark() Entry {
	e := f.Entry
	e.AsOf = max(e.AsOf, f.Watermark)
	return e
}

// ask asks the second level for the value, and again while somebody else loads
// it. It returns false when the second level does not answer.
func (c *Cache) ask(ctx context.Context, claim Claim, need int64) (Found, bool) {
	ctx, cancel := context.WithTimeout(ctx, secondLevelTime)
	defer cancel()
	for i := 0; ; i++ {
		found, err := c.store.Get(ctx, claim, need, claimTime)
		if err != nil {
			c.count.l2Errors.Add(1)
			return Found{}, false
		}
		if found.State != Wait || i == len(polls) {
			return found, true
		}
		pause := time.NewTimer(polls[i])
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return found, true
		}
	}
}

// fill loads the value under a claim and puts it into the second level. What it
// loads must include everything that the second level had seen when it gave the
// claim: only later events take the claim away.
func (c *Cache) fill(ctx context.Context, claim Claim, a aim, load Load) (res result, err error) {
	filled := false
	defer func() {
		if !filled && c.store.Release(ctx, claim) != nil {
			c.count.l2Errors.Add(1)
		}
	}()
	res, err = c.fromDatabase(ctx, claim.Key, a, c.patience(), load)
	e := res.entry
	if err != nil || e.Absent || len(e.Body) > maxBody || e.AsOf < a.seq || res.epoch != a.epoch {
		return res, err
	}
	kept, failure := c.store.Fill(ctx, claim, e, jitter(secondLevelTTL))
	filled = true
	failpoint.Reach(failpoint.AfterFill)
	switch {
	case failure != nil:
		c.count.l2Errors.Add(1)
	case !kept:
		c.count.l2Rejected.Add(1)
	}
	return res, nil
}
