package coherenttest

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
)

var claimChecks = map[string]func(*level){
	"OneOfManyGetsTheClaim": func(l *level) {
		l.begin(1, 7)
		var claimed, waiting atomic.Int64
		var readers sync.WaitGroup
		for range 20 {
			readers.Go(func() {
				found, err := l.store.Get(l.ctx(), claimOf(item), 7, lease)
				switch {
				case err == nil && found.State == coherent.Claimed:
					claimed.Add(1)
				case err == nil && found.State == coherent.Wait:
					waiting.Add(1)
				}
			})
		}
		readers.Wait()
		require.Equal(l.t, int64(1), claimed.Load())
		require.Equal(l.t, int64(19), waiting.Load())
	},
	"ClaimIsKeptByWhoRepeatsIt": func(l *level) {
		l.begin(1, 7)
		c := l.claim(item, 7)
		require.Equal(l.t, coherent.Claimed, l.get(c, 7).State)
		require.True(l.t, l.fill(c, 7))
	},
	"ClaimFillsOnce": func(l *level) {
		l.begin(1, 7)
		c := l.claim(item, 7)
		require.True(l.t, l.fill(c, 7))
		require.False(l.t, l.fill(c, 8))
		require.Equal(l.t, int64(7), l.get(claimOf(item), 7).Entry.AsOf)
	},
	"OnlyTheClaimFills": func(l *level) {
		l.begin(1, 7)
		require.False(l.t, l.fill(claimOf(item), 7))
		c := l.claim(item, 7)
		require.False(l.t, l.fill(claimOf(item), 7))
		require.True(l.t, l.fill(c, 7))
	},
	"ClaimOfAnotherEpochDoesNotFill": func(l *level) {
		l.begin(1, 7)
		c := l.claim(item, 7)
		c.Epoch = 2
		require.False(l.t, l.fill(c, 7))
		require.Equal(l.t, coherent.Claimed, l.state(item, 7), "it is given back")
	},
	"ReleasedClaimGoesToTheNext": func(l *level) {
		l.begin(1, 7)
		c := l.claim(item, 7)
		require.NoError(l.t, l.store.Release(l.ctx(), claimOf(item)))
		require.Equal(l.t, coherent.Wait, l.state(item, 7), "only its holder releases it")
		require.NoError(l.t, l.store.Release(l.ctx(), c))
		l.keep(item, 7, 7)
		require.NoError(l.t, l.store.Release(l.ctx(), c))
		require.Equal(l.t, coherent.Hit, l.state(item, 7), "a value is no claim")
	},
	"ClaimEnds": func(l *level) {
		l.begin(1, 7)
		c := claimOf(item)
		_, err := l.store.Get(l.ctx(), c, 7, 100*time.Millisecond)
		require.NoError(l.t, err)
		l.pass(time.Second)
		l.until(func() bool { return l.state(item, 7) == coherent.Claimed })
		require.False(l.t, l.fill(c, 7))
	},
}
