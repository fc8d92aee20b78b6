package commitlog_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
)

func TestLeaseEndsWhenTheLogIsAway(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, _ *sink) {
		src.set(func(s *source) { s.away = true })
		time.Sleep(1100 * time.Millisecond)
		require.False(t, f.Fresh())
		require.Greater(t, f.Age(), time.Second)

		src.set(func(s *source) { s.away = false })
		time.Sleep(300 * time.Millisecond)
		require.True(t, f.Fresh())
	})
}

func TestMessagesDoNotRenewTheLease(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, _ *sink) {
		src.set(func(s *source) { s.away = true })
		for range 12 {
			pass(100 * time.Millisecond)
			f.Committed(t.Context(), src.commit("a"))
		}
		require.Equal(t, int64(15), f.Applied().Seq)
		require.False(t, f.Fresh(), "others may have committed as well")
	})
}

func TestLeaseCountsFromBeforeTheLook(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		const delay = 150 * time.Millisecond
		src := &source{head: commitlog.Head{Epoch: 1}, delay: delay}
		f := commitlog.NewFollower(commitlog.Config{Source: src, Sink: new(sink)})
		run(t, f, func() {
			pass(delay)
			require.Equal(t, delay, f.Age())
		})
	})
}

func TestLeaseNeedsEverythingApplied(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, _ *sink) {
		src.commit("lost")
		src.set(func(s *source) { s.events = s.events[:3]; s.stuck = true })
		pass(1100 * time.Millisecond)
		require.Equal(t, int64(3), f.Applied().Seq)
		require.False(t, f.Fresh(), "the head is known, what led to it is not")
	})
}

func TestLeaseEndsByTheClockOnTheWallToo(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		var ahead atomic.Int64
		src := &source{head: commitlog.Head{Epoch: 1}}
		f := commitlog.NewFollower(commitlog.Config{
			Source: src, Sink: new(sink),
			Wall: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) },
		})
		run(t, f, func() {
			pass(time.Millisecond)
			require.True(t, f.Fresh())
			ahead.Store(int64(time.Minute)) // the machine was suspended: only this clock went on
			require.False(t, f.Fresh())
			pass(250 * time.Millisecond)
			require.True(t, f.Fresh())
			src.set(func(s *source) { s.away = true })
			ahead.Store(int64(-time.Hour)) // set back
			require.True(t, f.Fresh())
			pass(1100 * time.Millisecond)
			require.False(t, f.Fresh(), "the other clock still counts")
		})
	})
}

func TestSlowSourceGetsTheTime(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		src := &source{head: commitlog.Head{Epoch: 1}, delay: 400 * time.Millisecond}
		f := commitlog.NewFollower(commitlog.Config{Source: src, Sink: new(sink)})
		run(t, f, func() {
			pass(2 * time.Second)
			for range 100 {
				require.True(t, f.Fresh())
				pass(30 * time.Millisecond)
			}
		})
	})
}
