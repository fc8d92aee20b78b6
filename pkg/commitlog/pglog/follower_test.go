package pglog_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/commitlogtest"
	"stockroom/pkg/commitlog/natsbus"
	"stockroom/pkg/commitlog/pglog"
	"stockroom/pkg/testkit"
)

// lossy is a bus that loses all but every third message.
type lossy struct {
	commitlog.Bus
	sent atomic.Int64
}

func (l *lossy) Publish(ctx context.Context, subject string, data []byte) error {
	if l.sent.Add(1)%3 != 0 {
		return nil
	}
	return l.Bus.Publish(ctx, subject, data)
}

// sink checks that commits come one after the other.
type sink struct {
	mu   sync.Mutex
	head commitlog.Head
	bad  error
}

func (s *sink) Apply(_ context.Context, ev commitlog.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ev.Epoch != s.head.Epoch || ev.Seq != s.head.Seq+1 {
		s.bad = errors.New("commit out of order")
	}
	s.head = ev.Head()
	return nil
}

func (s *sink) Forget(commitlog.Event) {}

func (s *sink) Reset(_ context.Context, h commitlog.Head) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.head = h
	return nil
}

func (s *sink) at() (commitlog.Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.head, s.bad
}

func TestFollowersGetWhatMessagesLose(t *testing.T) {
	t.Parallel()

	pool, url := testkit.Postgres(t, commitlogtest.PostgresMigrations), testkit.NATS(t)
	var writers []*pglog.Log
	var sinks []*sink
	for range 2 { // two processes, so to speak
		log, snk := pglog.New(pool), new(sink)
		t.Cleanup(log.Close)
		bus, err := natsbus.Connect(url, "test", nil)
		require.NoError(t, err)
		t.Cleanup(bus.Close)
		f := commitlog.NewFollower(commitlog.Config{Source: log, Sink: snk, Bus: &lossy{Bus: bus}, Subject: "log"})
		log.OnCommit(f.Committed)
		run(t, f)
		require.Eventually(t, f.Fresh, patience, time.Millisecond)
		writers, sinks = append(writers, log), append(sinks, snk)
	}

	const each = 50
	var wg sync.WaitGroup
	for _, log := range writers {
		wg.Go(func() {
			for range each {
				if _, err := log.Write(t.Context(), note); err != nil {
					t.Errorf("write: %v", err)
				}
			}
		})
	}
	wg.Wait()
	for _, s := range sinks {
		require.Eventually(t, func() bool {
			head, _ := s.at()
			return head == commitlog.Head{Epoch: 1, Seq: int64(len(writers) * each)}
		}, patience, time.Millisecond)
		_, err := s.at()
		require.NoError(t, err)
	}
}

func run(t *testing.T, f *commitlog.Follower) {
	t.Helper()

	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
}
