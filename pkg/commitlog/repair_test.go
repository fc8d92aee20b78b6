package commitlog_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
)

func TestGapIsRepairedBeforeTheNextTurn(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, snk *sink) {
		src.commit("lost")
		f.Offer(t.Context(), src.commit("b"))
		pass(60 * time.Millisecond)
		applied, _, _ := snk.seen()
		require.Equal(t, []int64{4, 5}, applied)
	})
}

func TestProbeFindsWhatNoMessageTold(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, snk *sink) {
		for range 2500 { // more than one reading of the log
			src.commit("lost")
		}
		pass(350 * time.Millisecond)
		applied, _, _ := snk.seen()
		require.Len(t, applied, 2500)
		require.Equal(t, int64(2503), f.Applied().Seq)
		require.True(t, f.Fresh())
	})
}

func TestTrimmedLogStartsOver(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, snk *sink) {
		src.commit("lost")
		src.commit("lost")
		src.set(func(s *source) { s.events = nil })
		pass(600 * time.Millisecond)
		_, _, resets := snk.seen()
		require.Equal(t, commitlog.Head{Epoch: 1, Seq: 5}, resets[len(resets)-1])
		require.True(t, f.Fresh())
	})
}

func TestMessagesDoNotPutOffTheRepairOfAGap(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, _ *sink) {
		pass(time.Millisecond) // away from the beat of the probe
		src.commit("lost")
		for range 10 {
			f.Offer(t.Context(), src.commit("b"))
			pass(6 * time.Millisecond)
		}
		require.Equal(t, int64(14), f.Applied().Seq)
	})
}

func TestInterruptionHasTheHeadLookedAt(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		src, bus := &source{head: commitlog.Head{Epoch: 1}}, &interruptible{}
		f := commitlog.NewFollower(commitlog.Config{Source: src, Sink: new(sink), Bus: bus, Subject: "log"})
		run(t, f, func() {
			pass(time.Millisecond)
			src.commit("lost")
			bus.interrupted()
			pass(time.Millisecond)
			require.Equal(t, int64(1), f.Applied().Seq)
		})
	})
}

// interruptible is a bus that brings nothing and can say so.
type interruptible struct{ interrupted func() }

func (*interruptible) Publish(context.Context, string, []byte) error { return nil }

func (b *interruptible) Subscribe(_ string, _ func(context.Context, []byte), interrupted func()) (func(), error) {
	b.interrupted = interrupted
	return func() {}, nil
}

func TestMoreEventsThanCanWaitAreReadFromTheLog(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, snk *sink) {
		src.commit("lost")
		for range 6000 {
			f.Offer(t.Context(), src.commit("b"))
		}
		pass(time.Second)
		applied, forgotten, _ := snk.seen()
		require.Len(t, applied, 6001)
		require.Len(t, forgotten, 6000, "those that could not wait as well")
		require.Equal(t, int64(6004), f.Applied().Seq)
	})
}

func TestFewEventsWaitInMemory(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, _ *sink) {
		src.set(func(s *source) { s.stuck = true })
		late := src.commit("late")
		for range 6000 {
			f.Offer(t.Context(), src.commit("b"))
		}
		f.Offer(t.Context(), late)
		synctest.Wait()
		require.Equal(t, int64(3+1+4096), f.Applied().Seq, "those that could wait, and no more")
	})
}

func TestHoleInTheLogStartsOver(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, snk *sink) {
		for range 5 {
			src.commit("lost")
		}
		src.set(func(s *source) { s.events = append(s.events[:4:4], s.events[6:]...) }) // 5 and 6 are gone
		pass(time.Second)
		require.Equal(t, int64(8), f.Applied().Seq)
		applied, _, resets := snk.seen()
		require.Equal(t, []int64{4}, applied)
		require.Equal(t, commitlog.Head{Epoch: 1, Seq: 8}, resets[len(resets)-1])
	})
}

func TestRepairGoesOnWhenTheLogIsBack(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, _ *sink) {
		src.commit("lost")
		src.set(func(s *source) { s.away = true })
		f.Offer(t.Context(), src.commit("b"))
		pass(3 * time.Second)
		require.Equal(t, int64(3), f.Applied().Seq)
		require.False(t, f.Fresh())

		src.set(func(s *source) { s.away = false })
		pass(300 * time.Millisecond)
		require.Equal(t, int64(5), f.Applied().Seq)
		require.True(t, f.Fresh())
	})
}
