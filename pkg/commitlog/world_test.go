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
	stuck  bool          // Since fails
	delay  time.Duration // until Head answers
	looks  int
}

var errAway = errors.New("the database is away")

func (s *source) Head(ctx context.Context) (commitlog.Head, error) {
	s.mu.Lock()
	delay, head := s.delay, s.head
	s.mu.Unlock()
	select {
	case <-ctx.Done():
		return commitlog.Head{}, ctx.Err()
	case <-time.After(delay):
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks++
	if s.away {
		return commitlog.Head{}, errAway
	}
	if delay == 0 {
		return s.head, nil
	}
	return head, nil // of before the delay, as a slow answer is
}

func (s *source) Since(_ context.Context, after int64, limit int) ([]commitlog.Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away || s.stuck {
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
	ids       [][]string
	forgotten []int64
	resets    []commitlog.Head
	refuse    error
	slow      time.Duration // how long Reset takes
}

func (s *sink) Apply(_ context.Context, ev commitlog.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.applied = append(s.applied, ev.Seq)
	s.ids = append(s.ids, ev.IDs)
	return s.refuse
}

func (s *sink) Forget(ev commitlog.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgotten = append(s.forgotten, ev.Seq)
}

func (s *sink) Reset(_ context.Context, h commitlog.Head) error {
	time.Sleep(s.slow)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		return s.refuse
	}
	s.resets = append(s.resets, h)
	return nil
}

func (s *sink) set(change func(s *sink)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
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
	followOn(t, new(commitlog.LocalBus), test)
}

// followOn is follow with a bus that others may publish on.
func followOn(t *testing.T, bus *commitlog.LocalBus, test func(t *testing.T, f *commitlog.Follower, src *source, snk *sink)) {
	t.Helper()

	synctest.Test(t, func(t *testing.T) {
		src, snk := &source{head: commitlog.Head{Epoch: 1}}, new(sink)
		for range 3 {
			src.commit("old")
		}
		f := commitlog.NewFollower(commitlog.Config{Source: src, Sink: snk, Bus: bus, Subject: "log"})
		require.False(t, f.Fresh(), "nothing is known yet")
		run(t, f, func() {
			synctest.Wait()
			require.True(t, f.Fresh())
			require.Equal(t, commitlog.Head{Epoch: 1, Seq: 3}, f.Applied())

			test(t, f, src, snk)
		})
	})
}

// run runs f while test does.
func run(t *testing.T, f *commitlog.Follower, test func()) {
	t.Helper()

	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	test()
	stop()
	require.NoError(t, <-done)
}

// pass lets time go by, in the bubble, until nothing happens any more.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
