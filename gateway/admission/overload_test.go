package admission_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/gateway/admission"
)

// mixed is mostly what is worth little: of 50 requests one signs in, four change
// something, and 30 are for lists.
var mixed = slices.Concat(
	[]admission.Priority{admission.SignIn}, slices.Repeat([]admission.Priority{admission.Change}, 4),
	slices.Repeat([]admission.Priority{admission.Read}, 15), slices.Repeat([]admission.Priority{admission.List}, 30))

// However many requests come, and however slow the service is for each, as many
// are answered in time as it can answer; the others are refused at once.
func TestOverloadCostsNoAnswers(t *testing.T) {
	t.Parallel()

	const capacity, long = 500, 5
	for name, tt := range map[string]struct {
		slots int
		rate  int
		least float64
	}{
		"TwiceTooMany":     {10, 1000, 0.95},
		"TenTimesTooMany":  {10, 5000, 0.95},
		"QuickTwice":       {5, 1000, 0.95},
		"QuickTenTimes":    {5, 5000, 0.95},
		"SlowTwice":        {50, 1000, 0.85},
		"SlowTenTimes":     {50, 5000, 0.85},
		"VerySlowTwice":    {100, 1000, 0.75},
		"VerySlowTenTimes": {100, 5000, 0.75},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			synctest.Test(t, func(t *testing.T) {
				r := newReplica(tt.slots, second*time.Duration(tt.slots)/capacity)
				all := offer(newQueue(r), tt.rate, long*second, mixed...)
				good, refused := all.good(), all.refused()
				t.Logf("%d of %d answered in time, refused after %v (95 of 100), %v (99 of 100), %v at most",
					good, capacity*long, refused[len(refused)*95/100], refused[len(refused)*99/100], refused[len(refused)-1])
				require.GreaterOrEqual(t, float64(good), tt.least*capacity*long)
				require.Zero(t, refused[len(refused)/2], "most at once")
			})
		})
	}
}

func TestWhatMattersIsAnswered(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		all := offer(newQueue(newReplica(10, 20*time.Millisecond)), 4000, 5*second, mixed...)
		said := ""
		share := func(p admission.Priority) float64 {
			some := all.of(p)
			said += fmt.Sprintf("%s: %d of %d, ", p, some.good(), len(some))
			return float64(some.good()) / float64(len(some))
		}
		signedIn, changed, read, listed := share(admission.SignIn), share(admission.Change), share(admission.Read), share(admission.List)
		t.Log(said)
		require.Equal(t, 1.0, signedIn, "%s", said) //nolint:testifylint // exactly
		require.Greater(t, changed, 0.95, "there is capacity for them")
		require.Greater(t, changed, read)
		require.Greater(t, read, listed)
	})
}

func TestReplicaThatHangsCostsOnlyItself(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		hung := newReplica(1, 20*second)
		q := newQueue(hung, newReplica(10, 20*time.Millisecond))
		all := offer(q, 1000, 5*second, admission.Read)
		require.GreaterOrEqual(t, float64(all.good()), 0.9*500*5)
	})
}

// A herd on a service that stands still for a moment, as its caches are empty,
// is no overload.
func TestHerdIsAnswered(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		r := newReplica(8, 500*time.Microsecond)
		q := newQueue(r)
		for range cap(r.slots) {
			r.slots <- struct{}{}
		}
		time.AfterFunc(300*time.Millisecond, func() {
			for range cap(r.slots) {
				<-r.slots
			}
		})
		all := offer(q, 10_000_000, 500*time.Microsecond, admission.Read, admission.List)
		require.Equal(t, 5000, all.good())
	})
}

// After an overload a crowd is as welcome as before.
func TestOverloadIsForgotten(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		r := newReplica(1, 20*time.Millisecond)
		q := newQueue(r)
		require.NotEmpty(t, offer(q, 1000, 3*second, admission.Read).refused())
		time.Sleep(second)

		r.takes = time.Millisecond
		all := offer(q, 1_000_000, 500*time.Microsecond, admission.Read)
		require.Equal(t, 500, all.good())
	})
}

// Who fails at once is not fast.
func TestFailuresTeachNothing(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		r := newReplica(1, 0)
		q := newQueue(r)
		fill(t, q, usual)
		for range 100 {
			sent := time.Now()
			time.Sleep(10 * time.Millisecond)
			q.Leave(r, admission.Read, sent, false)
			fill(t, q, 1)
		}
		refuseSoon(t, q, admission.Read)
		require.False(t, r.room.Free(admission.Read), "there is no more room than before")
	})
}
