package commitlog_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/telemetry"
)

func TestTimeWithoutALeaseIsCounted(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		shown := telemetry.Discard()
		src := &source{head: commitlog.Head{Epoch: 1}}
		f := commitlog.NewFollower(commitlog.Config{Source: src, Sink: new(sink)})
		f.Measure(shown, "test")
		without := func() time.Duration { return seconds(t, shown, "lease_expired_seconds_total") }
		require.Zero(t, without())
		run(t, f, func() {
			pass(10 * time.Second)
			require.Zero(t, without())

			src.set(func(s *source) { s.away = true })
			pass(3 * time.Second) // the last proof is of the beginning of this pass
			require.Equal(t, 2*time.Second, without(), "it grows while there is none")
			src.set(func(s *source) { s.away = false })
			pass(time.Second)
			require.InDelta(t, 2.125, without().Seconds(), .126, "until the next look")
			pass(10 * time.Second)
			require.InDelta(t, 2.125, without().Seconds(), .126)
		})
	})
}

func TestProofThatComesTooLateIsNoLease(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		shown := telemetry.Discard()
		src := &source{head: commitlog.Head{Epoch: 1}, delay: 1500 * time.Millisecond}
		f := commitlog.NewFollower(commitlog.Config{Source: src, Sink: new(sink)})
		f.Measure(shown, "test")
		run(t, f, func() {
			pass(time.Minute)
			require.False(t, f.Fresh())
			require.InDelta(t, time.Minute.Seconds(), seconds(t, shown, "lease_expired_seconds_total").Seconds(), 1)
		})
	})
}

// seconds returns what a counter shows.
func seconds(t *testing.T, shown *telemetry.Telemetry, name string) time.Duration {
	t.Helper()

	families, err := shown.Registry.Gather()
	require.NoError(t, err)
	for _, f := range families {
		if f.GetName() == name {
			return time.Duration(f.GetMetric()[0].GetCounter().GetValue() * float64(time.Second))
		}
	}
	require.FailNow(t, "no counter "+name)
	return 0
}
