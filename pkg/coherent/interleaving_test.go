package coherent_test

import (
	"context"
	"flag"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
)

var (
	chaosSeeds = flag.Int("chaos.seeds", 10, "how many worlds to try")
	chaosFirst = flag.Uint64("chaos.first", 1, "seed of the first one")
)

const (
	chaosTime = 8 * time.Second // of the bubble
	lease     = time.Second
)

// TestNoAnswerIsEverWrong runs real caches and followers through lost, doubled
// and late messages, failing, slow and rolled back second levels, a database
// that is away, frozen or replaced, and killed processes. Each answer must have
// been right at some moment from the last commit that its reader had to see to
// when it got it; one that is labelled stale, at some moment that is not longer
// ago than it says, and not before what its reader presented.
func TestNoAnswerIsEverWrong(t *testing.T) {
	t.Parallel()

	var seen tally
	t.Run("Worlds", func(t *testing.T) {
		for i := range uint64(*chaosSeeds) {
			seed := *chaosFirst + i
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					newChaos(seed).run(t, &seen)
				})
			})
		}
	})
	require.Positive(t, seen.cached.Load(), "nothing was cached")
	require.Positive(t, seen.stale.Load(), "nothing was labelled stale")
	t.Logf("%d answers from caches, %d labelled stale", seen.cached.Load(), seen.stale.Load())
}

// tally counts the answers that are worth checking.
type tally struct{ cached, stale atomic.Int64 }

func (c *chaos) run(t *testing.T, seen *tally) {
	ctx, cancel := context.WithTimeout(t.Context(), chaosTime)
	defer cancel()
	for _, m := range c.members {
		m.start(ctx)
	}
	for _, m := range c.members {
		for range 3 {
			c.work.Go(func() {
				for ctx.Err() == nil && !t.Failed() {
					c.pause(20 * time.Millisecond)
					m.read(t, seen)
				}
			})
		}
		c.work.Go(func() {
			for ctx.Err() == nil {
				c.pause(300 * time.Millisecond)
				m.write(ctx)
			}
		})
	}
	c.work.Go(func() {
		for ctx.Err() == nil {
			c.pause(300 * time.Millisecond)
			c.fault(ctx)
		}
	})
	c.work.Wait()
}

// read reads a value and checks it.
func (m *member) read(t *testing.T, seen *tally) {
	n := m.below(historyItems + 1)
	own, p := int(m.own.Load()), m.process.Load() // in this order: what a process wrote, it or a later one shows
	now, low := m.db.now(lease)
	low = max(low, own)
	presented, least := 0, int64(0)
	if m.oneIn(4) {
		if head := m.db.head(); p.follower.Applied().Epoch == head.Epoch {
			presented, least, low = now, head.Seq, now
		}
	}
	e, err := p.cache.Get(context.Background(), historyKey(n), least, m.load(n))
	if err != nil {
		return
	}
	if e.Origin != coherent.FromDB {
		seen.cached.Add(1)
	}
	if e.Stale != nil {
		seen.stale.Add(1)
		_, low = m.db.now(e.Stale.Age)
		low = max(low, presented)
	}
	high, _ := m.db.now(0)
	if !m.db.held(n, e.Entry, low, high) {
		t.Errorf("value %d from %s (%+v) is that of moment %d, which was over at moment %d; now it is %d",
			n, e.Origin, e.Stale, e.Version, low, high)
	}
}

func (m *member) write(ctx context.Context) {
	if m.dbAway.now() || m.dbFrozen.now() {
		return
	}
	items := []int{m.below(historyItems)}
	if m.oneIn(2) {
		items = append(items, m.below(historyItems))
	}
	ev, moment := m.db.commit(m.oneIn(2), items...)
	if m.oneIn(10) {
		return // as if the process had died before it could tell
	}
	m.process.Load().follower.Committed(ctx, ev)
	m.own.Store(int64(moment))
}

func (c *chaos) fault(ctx context.Context) {
	m := c.members[c.below(len(c.members))]
	switch c.below(9) {
	case 0:
		m.dbAway.begin(time.Duration(c.below(3000)) * time.Millisecond)
	case 8:
		m.dbFrozen.begin(time.Duration(c.below(3000)) * time.Millisecond)
	case 1:
		m.storeAway.begin(time.Duration(c.below(500)) * time.Millisecond)
	case 2:
		m.busAway.begin(time.Duration(c.below(1000)) * time.Millisecond)
	case 3, 4:
		restore := m.store.Snapshot()
		c.work.Go(func() {
			c.pause(time.Second)
			restore()
		})
	case 5:
		m.store.LoseWatermark()
	case 6:
		m.start(ctx)
	case 7:
		if c.oneIn(2) {
			now, _ := c.db.now(0)
			c.db.restore(c.below(now + 1))
		}
	}
}
