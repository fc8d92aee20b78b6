package authtest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

// throttling is a throttle and the clock that it goes by.
type throttling struct {
	auth.Throttle
	clock *Clock
}

// Clock is a clock that a test moves.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *Clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

var limit = auth.Limit{Free: 3, First: time.Second, Max: 10 * time.Second, Keep: time.Minute}

func mark() auth.Mark { return auth.Mark{Key: ID(), Limit: limit} }

// TestThrottle checks the contract of a throttle. open returns one that goes by
// the clock.
func TestThrottle(t *testing.T, open func(t *testing.T, now func() time.Time) auth.Throttle) {
	for name, test := range map[string]func(*testing.T, throttling){
		"FailuresCauseGrowingDelays":      failuresCauseGrowingDelays,
		"DelaysEnd":                       delaysEnd,
		"TriesThatDoNotFailCauseNone":     triesThatDoNotFailCauseNone,
		"OneOfManyIsAdmittedAfterADelay":  oneOfManyIsAdmittedAfterADelay,
		"EveryMarkCounts":                 everyMarkCounts,
		"RefusedTryTakesUpNothing":        refusedTryTakesUpNothing,
		"OtherMarksAreLeftAlone":          otherMarksAreLeftAlone,
		"ForgottenMarkStartsOver":         forgottenMarkStartsOver,
		"LimitWithoutDelaysRefusesNobody": limitWithoutDelaysRefusesNobody,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := &Clock{now: time.Now().Truncate(time.Millisecond)}
			test(t, throttling{open(t, clock.Now), clock})
		})
	}
}

func (x throttling) fail(t *testing.T, times int, marks ...auth.Mark) {
	t.Helper()
	for range times {
		x.Failed(t.Context(), marks...)
	}
}

func failuresCauseGrowingDelays(t *testing.T, x throttling) {
	m := mark()
	for n, want := range []time.Duration{0, 0, 0, 0, 1, 2, 4, 8, 10, 10} {
		want *= time.Second
		require.Equal(t, want, limit.Delay(n), n)
		require.Equal(t, want, x.Admit(t.Context(), m), "after %d failures", n)
		x.clock.pass(want)
		require.Zero(t, x.Admit(t.Context(), m), "after %d failures and the delay", n)
		x.Failed(t.Context(), m)
	}
}

func delaysEnd(t *testing.T, x throttling) {
	m := mark()
	x.fail(t, 6, m)
	x.clock.pass(3999 * time.Millisecond)
	require.Equal(t, time.Millisecond, x.Admit(t.Context(), m))
	x.clock.pass(time.Millisecond)
	require.Zero(t, x.Admit(t.Context(), m))
}

func triesThatDoNotFailCauseNone(t *testing.T, x throttling) {
	m := mark()
	x.fail(t, 3, m)
	for range 100 {
		require.Zero(t, x.Admit(t.Context(), m))
	}
}

func oneOfManyIsAdmittedAfterADelay(t *testing.T, x throttling) {
	m := mark()
	x.fail(t, 5, m)
	x.clock.pass(2 * time.Second)
	var admitted atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if x.Admit(t.Context(), m) == 0 {
				admitted.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, admitted.Load())
	require.Equal(t, 2*time.Second, x.Admit(t.Context(), m), "that one has not failed yet")
}

func everyMarkCounts(t *testing.T, x throttling) {
	one, two := mark(), mark()
	x.fail(t, 2, one, two)
	x.fail(t, 3, two)
	require.Zero(t, x.Admit(t.Context(), one))
	require.Equal(t, 2*time.Second, x.Admit(t.Context(), two))
	require.Equal(t, 2*time.Second, x.Admit(t.Context(), one, two))
	require.Equal(t, 2*time.Second, x.Admit(t.Context(), two, one))
}

func refusedTryTakesUpNothing(t *testing.T, x throttling) {
	one, two := mark(), mark()
	x.fail(t, 4, one)
	x.fail(t, 5, two)
	x.clock.pass(time.Second)
	require.Equal(t, time.Second, x.Admit(t.Context(), one, two))
	require.Zero(t, x.Admit(t.Context(), one))
}

func otherMarksAreLeftAlone(t *testing.T, x throttling) {
	one, two := mark(), mark()
	x.fail(t, 10, one)
	require.Zero(t, x.Admit(t.Context(), two))
	x.Forget(t.Context(), two)
	require.Equal(t, 10*time.Second, x.Admit(t.Context(), one))
}

func forgottenMarkStartsOver(t *testing.T, x throttling) {
	m := mark()
	x.fail(t, 10, m)
	x.Forget(t.Context(), m)
	x.fail(t, 3, m)
	require.Zero(t, x.Admit(t.Context(), m))
	x.fail(t, 1, m)
	require.Equal(t, time.Second, x.Admit(t.Context(), m))
}

func limitWithoutDelaysRefusesNobody(t *testing.T, x throttling) {
	m := auth.Mark{Key: ID(), Limit: auth.Limit{Keep: time.Minute}}
	x.fail(t, 10, m)
	require.Zero(t, x.Admit(t.Context(), m))
}
