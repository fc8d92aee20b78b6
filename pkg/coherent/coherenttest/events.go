package coherenttest

import (
	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
)

var eventChecks = map[string]func(*level){
	"EventDropsWhatItNames": func(l *level) {
		l.begin(1, 7)
		l.keep(item, 7, 7)
		l.keep(other, 7, 7)
		require.Equal(l.t, int64(8), l.apply(8, false, "x", "z"))
		require.Equal(l.t, coherent.Claimed, l.state(item, 8))
		require.Equal(l.t, coherent.Hit, l.state(other, 8))
	},
	"EventKeepsWhatIsNewer": func(l *level) {
		l.begin(1, 7)
		l.keep(item, 7, 8)
		l.apply(8, true, "x")
		require.Equal(l.t, coherent.Hit, l.state(item, 8))
	},
	"EventTakesTheClaimAway": func(l *level) {
		l.begin(1, 7)
		c, kept := l.claim(item, 7), l.claim(other, 7)
		l.apply(8, false, "x")
		require.False(l.t, l.fill(c, 7))
		require.True(l.t, l.fill(kept, 7))
		require.Equal(l.t, coherent.Claimed, l.state(item, 8))
	},
	"EventTwiceOrLateDoesNothing": func(l *level) {
		l.begin(1, 7)
		l.apply(8, true, "x")
		l.apply(9, false)
		l.keep(item, 9, 8) // from a snapshot of 8, which nothing has touched since
		l.keep(list, 9, 8)
		require.Equal(l.t, int64(9), l.apply(9, true, "x"))
		require.Equal(l.t, int64(9), l.apply(8, true, "x"))
		require.Equal(l.t, coherent.Hit, l.state(item, 9))
		require.Equal(l.t, coherent.Hit, l.state(list, 9))
	},
	"EventAfterAGapChangesNothing": func(l *level) {
		l.begin(1, 7)
		l.keep(item, 7, 7)
		l.keep(list, 7, 7)
		require.Equal(l.t, int64(7), l.apply(9, true, "x"))
		require.Equal(l.t, coherent.Hit, l.state(item, 7))
		require.Equal(l.t, coherent.Hit, l.state(list, 7))
		require.Equal(l.t, coherent.Behind, l.state(item, 9))
	},
	"EventOfAnotherEpochChangesNothing": func(l *level) {
		l.begin(2, 7)
		require.Equal(l.t, coherent.Lost, l.apply(8, true, "x"))
		require.Equal(l.t, coherent.Behind, l.stateIn(2, item, 8))
		require.Equal(l.t, coherent.Claimed, l.stateIn(2, item, 7))
	},
	"ListsEndWithEventsForLists": func(l *level) {
		l.begin(1, 7)
		l.keep(list, 7, 7)
		l.apply(8, false, "x")
		require.Equal(l.t, coherent.Hit, l.state(list, 8))
		l.apply(9, true)
		require.Equal(l.t, coherent.Claimed, l.state(list, 9))
	},
	"OldListIsNotFilled": func(l *level) {
		l.begin(1, 7)
		c := l.claim(list, 7)
		l.apply(8, true)
		require.False(l.t, l.fill(c, 7))
		require.Equal(l.t, coherent.Claimed, l.state(list, 8), "the claim has ended")
		l.keep(list, 8, 8)
	},
}

var resetChecks = map[string]func(*level){
	"ResetForgets": func(l *level) {
		l.begin(1, 7)
		l.keep(item, 7, 7)
		l.keep(list, 7, 20)
		c := l.claim(other, 7)
		require.True(l.t, l.reset(1, 9))
		for _, key := range []coherent.Key{item, list, other} {
			require.Equal(l.t, coherent.Claimed, l.state(key, 9))
		}
		require.False(l.t, l.fill(c, 20))
		require.Equal(l.t, int64(10), l.apply(10, false))
	},
	"ResetForgetsClaims": func(l *level) {
		l.begin(1, 7)
		c := l.claim(item, 7)
		l.reset(1, 9)
		require.False(l.t, l.fill(c, 7))
		require.Equal(l.t, coherent.Claimed, l.state(item, 9))
	},
	"ResetDoesNotGoBack": func(l *level) {
		l.begin(1, 7)
		l.keep(item, 7, 7)
		require.False(l.t, l.reset(1, 7))
		require.False(l.t, l.reset(1, 5))
		require.Equal(l.t, coherent.Hit, l.state(item, 7))
	},
	"ResetToAnotherEpochForgetsLargerNumbers": func(l *level) {
		l.begin(1, 100)
		l.keep(item, 100, 100)
		l.keep(list, 100, 100)
		l.reset(2, 50)
		require.Equal(l.t, coherent.Claimed, l.stateIn(2, item, 50))
		require.Equal(l.t, coherent.Claimed, l.stateIn(2, list, 50))
		l.reset(1, 50)
		require.Equal(l.t, coherent.Claimed, l.state(item, 50))
		require.Equal(l.t, coherent.Claimed, l.state(list, 50))
	},
	"BeginForgetsWhatIsFurther": func(l *level) {
		l.begin(1, 100)
		l.keep(item, 100, 100)
		l.keep(list, 100, 100)
		require.True(l.t, l.begin(1, 50))
		require.Equal(l.t, coherent.Behind, l.state(item, 51))
		require.Equal(l.t, coherent.Claimed, l.state(item, 50))
		require.Equal(l.t, coherent.Claimed, l.state(list, 50))
	},
	"BeginKeepsWhatIsThereAlready": func(l *level) {
		l.begin(1, 7)
		l.keep(item, 7, 7)
		require.False(l.t, l.begin(1, 7))
		require.Equal(l.t, coherent.Hit, l.state(item, 7))
	},
	"BeginForgetsValuesOfLaterCommits": func(l *level) {
		l.begin(1, 7)
		l.keep(item, 7, 9)
		l.keep(other, 7, 8)
		require.True(l.t, l.begin(1, 7), "commits 8 and 9 are not there any more")
		require.Equal(l.t, coherent.Claimed, l.state(item, 7))
	},
	"BeginKeepsValuesThatWereAheadOnce": func(l *level) {
		l.begin(1, 7)
		l.keep(item, 7, 9)
		l.apply(8, true)
		l.apply(9, true)
		require.False(l.t, l.begin(1, 9))
		require.Equal(l.t, coherent.Hit, l.state(item, 9))
	},
}
