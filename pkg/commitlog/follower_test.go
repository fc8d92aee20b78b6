package commitlog_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
)

// source is a log in memory.
type source struct {
	mu     sync.Mutex
	head   commitlog.Head
	events []commitlog.Event
	away   bool
	looks  int
}

var errAway = errors.New("the database is away")

func (s *source) Head(context.Context) (commitlog.Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks++
	if s.away {
		return commitlog.Head{}, errAway
	}
	return s.head, nil
}

func (s *source) Since(_ context.Context, after int64, limit int) ([]commitlog.Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return nil, errAway
	}
	var found []commitlog.Event
	for _, ev := range s.events {
		if ev.Seq > after && len(found) < limit {
			found = append(found, ev)
		}
	}
	return found, nil
}

func (s *source) Raise(_ context.Context, found, seen commitlog.Head) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.head.Epoch == found.Epoch {
		s.head = commitlog.Head{Epoch: max(found.Epoch, seen.Epoch) + 1, Seq: max(s.head.Seq, seen.Seq)}
	}
	return nil
}

func (s *source) commit(ids ...string) commitlog.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.head.Seq++
	ev := commitlog.Event{Epoch: s.head.Epoch, Seq: s.head.Seq, IDs: append([]string{}, ids...), Lists: true}
	s.events = append(s.events, ev)
	return ev
}

func (s *source) set(change func(s *source)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// sink remembers what it was told.
type sink struct {
	mu        sync.Mutex
	applied   []int64
	forgotten []int64
	resets    []commitlog.Head
	refuse    error
}

func (s *sink) Apply(_ context.Context, ev commitlog.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.applied = append(s.applied, ev.Seq)
	return s.refuse
}

func (s *sink) Forget(ev commitlog.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgotten = append(s.forgotten, ev.Seq)
}

func (s *sink) Reset(_ context.Context, h commitlog.Head) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		return s.refuse
	}
	s.resets = append(s.resets, h)
	return nil
}

func (s *sink) seen() (applied, forgotten []int64, resets []commitlog.Head) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.applied), slices.Clone(s.forgotten), slices.Clone(s.resets)
}

// follow runs test beside a follower that has caught up with a log of three
// commits, on a clock of its own.
func follow(t *testing.T, test func(t *testing.T, f *commitlog.Follower, src *source, snk *sink)) {
	t.Helper()

	synctest.Test(t, func(t *testing.T) {
		src, snk := &source{head: commitlog.Head{Epoch: 1}}, new(sink)
		for range 3 {
			src.commit("old")
		}
		f := commitlog.NewFollower(commitlog.Config{Source: src, Sink: snk, Bus: new(commitlog.LocalBus), Subject: "log"})
		require.False(t, f.Fresh(), "nothing is known yet")
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- f.Run(ctx) }()
		synctest.Wait()
		require.True(t, f.Fresh())
		require.Equal(t, commitlog.Head{Epoch: 1, Seq: 3}, f.Applied())

		test(t, f, src, snk)

		stop()
		require.NoError(t, <-done)
	})
}

func TestFollowerStartsFromTheHead(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, _ *commitlog.Follower, _ *source, snk *sink) {
		applied, _, resets := snk.seen()
		require.Empty(t, applied)
		require.Equal(t, []commitlog.Head{{Epoch: 1, Seq: 3}}, resets)
	})
}

func TestFollowerAppliesInOrderAndOnce(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, snk *sink) {
		four, five, six := src.commit("a"), src.commit("b"), src.commit("c")
		for _, ev := range []commitlog.Event{six, six, five, four, five, four} {
			f.Offer(ev)
		}
		synctest.Wait()
		applied, forgotten, _ := snk.seen()
		require.Equal(t, []int64{4, 5, 6}, applied)
		require.Contains(t, forgotten, int64(6), "what overtakes others is dropped at once")
		require.NotContains(t, forgotten, int64(4))
	})
}

func TestGapIsRepairedBeforeTheNextTurn(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, snk *sink) {
		src.commit("lost")
		f.Offer(src.commit("b"))
		time.Sleep(110 * time.Millisecond) // of the bubble: patience for the gap, then for the probe
		synctest.Wait()
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
		time.Sleep(350 * time.Millisecond)
		synctest.Wait()
		applied, _, _ := snk.seen()
		require.Len(t, applied, 2500)
		require.Equal(t, int64(2503), f.Applied().Seq)
		require.True(t, f.Fresh())
	})
}

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

func TestLeaseCountsFromBeforeTheLook(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		src := &slow{source: source{head: commitlog.Head{Epoch: 1}}}
		f := commitlog.NewFollower(commitlog.Config{Source: src, Sink: new(sink)})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- f.Run(ctx) }()
		time.Sleep(slowness + time.Millisecond)
		synctest.Wait()
		require.GreaterOrEqual(t, f.Age(), slowness)
		stop()
		require.NoError(t, <-done)
	})
}

const slowness = 150 * time.Millisecond

type slow struct{ source }

func (s *slow) Head(ctx context.Context) (commitlog.Head, error) {
	time.Sleep(slowness)
	return s.source.Head(ctx)
}

func TestNewEpochStartsOver(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, snk *sink) {
		src.set(func(s *source) { s.head = commitlog.Head{Epoch: 2, Seq: 2} })
		time.Sleep(300 * time.Millisecond)
		synctest.Wait()
		_, _, resets := snk.seen()
		require.Equal(t, commitlog.Head{Epoch: 2, Seq: 2}, resets[len(resets)-1])
		require.Equal(t, commitlog.Head{Epoch: 2, Seq: 2}, f.Applied())

		f.Offer(commitlog.Event{Epoch: 1, Seq: 3, IDs: []string{}}) // late, of the time before
		synctest.Wait()
		require.Equal(t, commitlog.Head{Epoch: 2, Seq: 2}, f.Applied())
	})
}

func TestRestoredDatabaseEndsItsEpoch(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, snk *sink) {
		src.set(func(s *source) { s.head.Seq = 1; s.events = s.events[:1] })
		time.Sleep(300 * time.Millisecond)
		synctest.Wait()
		require.Equal(t, commitlog.Head{Epoch: 2, Seq: 3}, f.Applied(), "numbers are not given twice")
		_, _, resets := snk.seen()
		require.Equal(t, commitlog.Head{Epoch: 2, Seq: 3}, resets[len(resets)-1])
	})
}

func TestTrimmedLogStartsOver(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, snk *sink) {
		src.commit("lost")
		src.commit("lost")
		src.set(func(s *source) { s.events = nil })
		time.Sleep(600 * time.Millisecond)
		synctest.Wait()
		_, _, resets := snk.seen()
		require.Equal(t, commitlog.Head{Epoch: 1, Seq: 5}, resets[len(resets)-1])
		require.True(t, f.Fresh())
	})
}

func TestResetIsRetriedUntilItSucceeds(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, snk *sink) {
		snk.mu.Lock()
		snk.refuse = errAway
		snk.mu.Unlock()
		src.set(func(s *source) { s.head = commitlog.Head{Epoch: 2, Seq: 1} })
		time.Sleep(1500 * time.Millisecond)
		require.False(t, f.Fresh(), "what could not be reset is not up to date")

		snk.mu.Lock()
		snk.refuse = nil
		snk.mu.Unlock()
		time.Sleep(300 * time.Millisecond)
		synctest.Wait()
		require.Equal(t, commitlog.Head{Epoch: 2, Seq: 1}, f.Applied())
	})
}

func TestCommittedReturnsWhenItIsApplied(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, _ *sink) {
		begin := time.Now()
		f.Committed(t.Context(), src.commit("a"))
		require.Equal(t, int64(4), f.Applied().Seq)
		require.Equal(t, int64(4), f.OwnSeq())
		require.Zero(t, time.Since(begin))

		src.commit("of somebody else, and its message is lost")
		f.Committed(t.Context(), src.commit("b"))
		require.Equal(t, int64(6), f.OwnSeq())
		require.Equal(t, int64(4), f.Applied().Seq, "25 ms are not enough, and the caller can tell")
	})
}

func TestFollowersHearOfEachOther(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		src, bus := &source{head: commitlog.Head{Epoch: 1}}, new(commitlog.LocalBus)
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		var followers []*commitlog.Follower
		for range 3 {
			f := commitlog.NewFollower(commitlog.Config{Source: src, Sink: new(sink), Bus: bus, Subject: "log"})
			followers = append(followers, f)
			wg.Go(func() { _ = f.Run(ctx) })
		}
		synctest.Wait()
		begin := time.Now()
		followers[0].Committed(t.Context(), src.commit("a"))
		many := make([]string, commitlog.MaxIDs+1)
		followers[0].Committed(t.Context(), src.commit(many...))
		for _, f := range followers {
			require.True(t, f.Wait(t.Context(), 2))
		}
		require.LessOrEqual(t, time.Since(begin), 100*time.Millisecond, "of the bubble: no probe was due yet")
		stop()
		wg.Wait()
	})
}
