package commitlog_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
)

func TestNewEpochStartsOver(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, snk *sink) {
		src.set(func(s *source) { s.head = commitlog.Head{Epoch: 2, Seq: 2} })
		pass(300 * time.Millisecond)
		_, _, resets := snk.seen()
		require.Equal(t, commitlog.Head{Epoch: 2, Seq: 2}, resets[len(resets)-1])
		require.Equal(t, commitlog.Head{Epoch: 2, Seq: 2}, f.Applied())

		f.Offer(t.Context(), commitlog.Event{Epoch: 1, Seq: 3, IDs: []string{}}) // late, of the time before
		synctest.Wait()
		require.Equal(t, commitlog.Head{Epoch: 2, Seq: 2}, f.Applied())
	})
}

func TestRestoredDatabaseEndsItsEpoch(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, snk *sink) {
		src.set(func(s *source) { s.head.Seq = 1; s.events = s.events[:1] })
		pass(300 * time.Millisecond)
		require.Equal(t, commitlog.Head{Epoch: 2, Seq: 3}, f.Applied(), "numbers are not given twice")
		_, _, resets := snk.seen()
		require.Equal(t, commitlog.Head{Epoch: 2, Seq: 3}, resets[len(resets)-1])
	})
}

func TestResetIsRetriedUntilItSucceeds(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, snk *sink) {
		snk.set(func(s *sink) { s.refuse = errAway })
		src.set(func(s *source) { s.head = commitlog.Head{Epoch: 2, Seq: 1} })
		time.Sleep(1500 * time.Millisecond)
		require.False(t, f.Fresh(), "what could not be reset is not up to date")

		snk.set(func(s *sink) { s.refuse = nil })
		pass(300 * time.Millisecond)
		require.Equal(t, commitlog.Head{Epoch: 2, Seq: 1}, f.Applied())
	})
}

func TestResetThatTakesLongIsNotBegunAgain(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		src, snk := &source{head: commitlog.Head{Epoch: 1}}, &sink{slow: 800 * time.Millisecond}
		f := commitlog.NewFollower(commitlog.Config{Source: src, Sink: snk})
		run(t, f, func() {
			for range 12 { // the log moves on all the time
				pass(100 * time.Millisecond)
				f.Offer(t.Context(), src.commit("a"))
			}
			_, _, resets := snk.seen()
			require.Equal(t, []commitlog.Head{{Epoch: 1}}, resets)
			pass(300 * time.Millisecond)
			require.Equal(t, int64(12), f.Applied().Seq)
			require.True(t, f.Fresh())
		})
	})
}

func TestDumpOfAnEarlierEpochIsNotFollowed(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, _ *sink) {
		src.set(func(s *source) { s.head = commitlog.Head{Epoch: 5, Seq: 9} })
		pass(300 * time.Millisecond)
		require.Equal(t, commitlog.Head{Epoch: 5, Seq: 9}, f.Applied())

		src.set(func(s *source) { s.head = commitlog.Head{Epoch: 1, Seq: 20} })
		pass(300 * time.Millisecond)
		require.Equal(t, commitlog.Head{Epoch: 6, Seq: 20}, f.Applied())
		require.True(t, f.Fresh())
	})
}

func TestLossIsFollowedByWhoCannotEndAnEpoch(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		src, snk := &source{head: commitlog.Head{Epoch: 1, Seq: 7}}, new(sink)
		f := commitlog.NewFollower(commitlog.Config{Source: readOnly{src}, Sink: snk})
		run(t, f, func() {
			synctest.Wait()
			src.set(func(s *source) { s.head.Seq = 2 })
			pass(300 * time.Millisecond)
			require.Equal(t, commitlog.Head{Epoch: 1, Seq: 2}, f.Applied())
			require.True(t, f.Fresh())
			_, _, resets := snk.seen()
			require.Equal(t, []commitlog.Head{{Epoch: 1, Seq: 7}, {Epoch: 1, Seq: 2}}, resets)
		})
	})
}

// readOnly hides that a source can begin an epoch.
type readOnly struct{ commitlog.Source }

// Commits are reported as soon as they have happened, but a look at the head
// that began before may end after.
func TestCommitDuringALookIsNoLoss(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, _ *sink) {
		src.set(func(s *source) { s.delay = 100 * time.Millisecond })
		pass(300 * time.Millisecond) // in the middle of a look
		f.Committed(t.Context(), src.commit("a"))
		pass(time.Second)
		require.Equal(t, commitlog.Head{Epoch: 1, Seq: 4}, f.Applied())
	})
}

func TestOwnCommitOfANewEpochCounts(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, _ *sink) {
		src.set(func(s *source) { s.head = commitlog.Head{Epoch: 2, Seq: 1}; s.away = true })
		f.Committed(t.Context(), src.commit("a"))
		require.Equal(t, commitlog.Head{Epoch: 1, Seq: 3}, f.Applied())
		require.False(t, f.Fresh(), "what is kept does not have the commit")

		src.set(func(s *source) { s.away = false })
		pass(300 * time.Millisecond)
		require.Equal(t, commitlog.Head{Epoch: 2, Seq: 2}, f.Applied())
		require.Equal(t, int64(2), f.OwnSeq())
		require.True(t, f.Fresh())
	})
}

func TestCommitInANewEpochIsWaitedFor(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, _ *sink) {
		src.set(func(s *source) { s.head = commitlog.Head{Epoch: 2, Seq: 1} })
		f.Committed(t.Context(), src.commit("a"))
		require.Equal(t, commitlog.Head{Epoch: 2, Seq: 2}, f.Applied(), "3 of the epoch before is not after it")
	})
}

func TestNothingIsFreshWhileAResetIsDue(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, snk *sink) {
		snk.set(func(s *sink) { s.refuse = errAway })
		src.set(func(s *source) { s.head = commitlog.Head{Epoch: 2, Seq: 1} })
		f.Offer(t.Context(), commitlog.Event{Epoch: 2, Seq: 1, IDs: []string{}})
		synctest.Wait()
		require.False(t, f.Fresh())

		snk.set(func(s *sink) { s.refuse = nil })
		pass(300 * time.Millisecond)
		require.True(t, f.Fresh())
	})
}

func TestRunEndsInTheMiddleOfAReset(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		f := commitlog.NewFollower(commitlog.Config{Source: &source{head: commitlog.Head{Epoch: 1}}, Sink: hung{new(sink)}})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- f.Run(ctx) }()
		pass(time.Second)
		stop()
		require.NoError(t, <-done)
		require.False(t, f.Fresh())
	})
}

// hung is a sink whose Reset waits for ever.
type hung struct{ *sink }

func (hung) Reset(ctx context.Context, _ commitlog.Head) error {
	<-ctx.Done()
	return ctx.Err()
}

// A follower that is still running may see what a restore has lost, and end the
// epoch, before whoever restores does.
func TestRestoreAndFollowerEndAnEpochAtOnce(t *testing.T) {
	t.Parallel()

	src := &source{head: commitlog.Head{Epoch: 1, Seq: 7}}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	head, err := commitlog.Restored(t.Context(), &outrun{source: src, seen: commitlog.Head{Epoch: 1, Seq: 9}}, now)
	require.NoError(t, err)
	require.Equal(t, commitlog.Head{Epoch: 3, Seq: now.UnixMicro()}, head)
}

// outrun is a log whose epoch a follower ends first, once.
type outrun struct {
	*source
	seen commitlog.Head
	once sync.Once
}

func (o *outrun) Raise(ctx context.Context, found, seen commitlog.Head) error {
	var err error
	o.once.Do(func() { err = o.source.Raise(ctx, found, o.seen) })
	if err != nil {
		return err
	}
	return o.source.Raise(ctx, found, seen)
}
