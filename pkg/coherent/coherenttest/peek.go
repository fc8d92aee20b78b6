package coherenttest

import (
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
)

var peekChecks = map[string]func(*level){
	"PeekSeesWhatGetFinds": func(l *level) {
		l.begin(1, 7)
		l.keep(item, 7, 9)
		l.keep(list, 7, 9)
		for _, key := range []coherent.Key{item, list} {
			require.Equal(l.t, l.get(claimOf(key), 0), l.peek(1, key))
		}
	},
	"PeekClaimsNothing": func(l *level) {
		l.begin(1, 7)
		for range 2 {
			require.Equal(l.t, coherent.Found{State: coherent.Missing, Watermark: 7}, l.peek(1, item))
		}
		l.claim(item, 7)
	},
	"PeekSeesAClaimAndLeavesIt": func(l *level) {
		l.begin(1, 7)
		c := l.claim(item, 7)
		require.Equal(l.t, coherent.Found{State: coherent.Wait, Watermark: 7}, l.peek(1, item))
		require.True(l.t, l.fill(c, 7))
	},
	"PeekDoesNotSeeWhatIsForgotten": func(l *level) {
		l.begin(1, 7)
		l.keep(item, 7, 7)
		l.keep(list, 7, 7)
		l.apply(8, true)
		require.Equal(l.t, coherent.Missing, l.peek(1, list).State)
		require.Equal(l.t, coherent.Hit, l.peek(1, item).State)
		l.reset(1, 9)
		require.Equal(l.t, coherent.Missing, l.peek(1, item).State)
	},
	"PeekInAnotherEpochSeesNothing": func(l *level) {
		require.Equal(l.t, coherent.Found{Watermark: coherent.Lost}, l.peek(1, item), "before the beginning")
		l.begin(1, 7)
		l.keep(item, 7, 7)
		require.Equal(l.t, coherent.Found{Watermark: coherent.Lost}, l.peek(2, item))
	},
	"PeekKeepsNothingAlive": func(l *level) {
		l.begin(1, 7)
		kept, err := l.store.Fill(l.ctx(), l.claim(item, 7), entry(7), 100*time.Millisecond)
		require.NoError(l.t, err)
		require.True(l.t, kept)
		l.pass(time.Second)
		l.until(func() bool { return l.peek(1, item).State == coherent.Missing })
	},
}

func (l *level) peek(epoch int64, key coherent.Key) coherent.Found {
	l.t.Helper()
	found, err := l.store.Peek(l.ctx(), key, epoch)
	require.NoError(l.t, err)
	return found
}
