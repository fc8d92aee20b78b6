package coherenttest

import (
	"bytes"
	"crypto/rand"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
)

var valueChecks = map[string]func(*level){
	"ValueIsFoundAsItWasFilled": func(l *level) {
		l.begin(1, 7)
		noise := make([]byte, 200<<10)
		_, err := rand.Read(noise)
		require.NoError(l.t, err)
		for name, body := range map[string][]byte{
			"empty": {}, "small": []byte("{}"), "large": bytes.Repeat([]byte("abc"), 80<<10), "noise": noise,
		} {
			want := coherent.Entry{AsOf: 9, Version: 3, Body: body}
			kept, err := l.store.Fill(l.ctx(), l.claim(coherent.List(name), 7), want, ttl)
			require.NoError(l.t, err)
			require.True(l.t, kept)
			require.Equal(l.t,
				coherent.Found{State: coherent.Hit, Entry: want, Watermark: 7},
				l.get(claimOf(coherent.List(name)), 7))
		}
	},
	"ItemAndListOfOneTextAreTwoKeys": func(l *level) {
		l.begin(1, 7)
		l.keep(item, 7, 7)
		require.Equal(l.t, coherent.Claimed, l.state(list, 7))
	},
	"ValueNeedsTheWatermark": func(l *level) {
		l.begin(1, 7)
		l.keep(item, 7, 9)
		require.Equal(l.t, coherent.Found{Watermark: 7}, l.get(claimOf(item), 8))
		require.Equal(l.t, coherent.Hit, l.state(item, 7))
	},
	"ValueOfAnotherEpochIsNotFound": func(l *level) {
		l.begin(1, 7)
		l.keep(item, 7, 7)
		c := claimOf(item)
		c.Epoch = 2
		require.Equal(l.t, coherent.Found{Watermark: coherent.Lost}, l.get(c, 0))
	},
	"NothingIsFoundBeforeTheBeginning": func(l *level) {
		require.Equal(l.t, coherent.Found{Watermark: coherent.Lost}, l.get(claimOf(item), 0))
		require.Equal(l.t, coherent.Lost, l.apply(1, true, "x"))
	},
	"ValueEnds": func(l *level) {
		l.begin(1, 7)
		kept, err := l.store.Fill(l.ctx(), l.claim(item, 7), entry(7), 100*time.Millisecond)
		require.NoError(l.t, err)
		require.True(l.t, kept)
		l.pass(time.Second)
		l.until(func() bool { return l.state(item, 7) == coherent.Claimed })
	},
}

func (l *level) until(done func() bool) {
	l.t.Helper()
	require.Eventually(l.t, done, 30*time.Second, time.Millisecond)
}
