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
			f.Offer(t.Context(), ev)
		}
		synctest.Wait()
		applied, forgotten, _ := snk.seen()
		require.Equal(t, []int64{4, 5, 6}, applied)
		require.Contains(t, forgotten, int64(6), "what overtakes others is dropped at once")
		require.NotContains(t, forgotten, int64(4))
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

func TestSinkThatFailsDoesNotHoldUpTheLog(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, src *source, snk *sink) {
		snk.set(func(s *sink) { s.refuse = errAway })
		f.Committed(t.Context(), src.commit("a"))
		f.Committed(t.Context(), src.commit("b"))
		require.Equal(t, int64(5), f.Applied().Seq)
		pass(2 * time.Second)
		require.True(t, f.Fresh())
	})
}

func TestCommitOfManyRowsIsReadFromTheLog(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		src, bus, snk := &source{head: commitlog.Head{Epoch: 1}}, new(commitlog.LocalBus), new(sink)
		writer := commitlog.NewFollower(commitlog.Config{Source: src, Sink: new(sink), Bus: bus, Subject: "log"})
		reader := commitlog.NewFollower(commitlog.Config{Source: src, Sink: snk, Bus: bus, Subject: "log"})
		run(t, writer, func() {
			run(t, reader, func() {
				synctest.Wait()
				var messages []string
				stop, err := bus.Subscribe("log", func(_ context.Context, data []byte) { messages = append(messages, string(data)) }, func() {})
				require.NoError(t, err)
				begin := time.Now()
				some, many := make([]string, commitlog.MaxIDs), make([]string, commitlog.MaxIDs+1)
				writer.Committed(t.Context(), src.commit(some...))
				writer.Committed(t.Context(), src.commit(many...))
				require.True(t, reader.Wait(t.Context(), 2))
				require.Equal(t, [][]string{some, many}, snk.ids)
				require.Zero(t, time.Since(begin), "of the bubble: it waits for nothing")
				stop()
				require.Len(t, messages, 2)
				require.NotContains(t, messages[0], `"ids":null`)
				require.Contains(t, messages[1], `"ids":null`)
			})
		})
	})
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()

	follow(t, func(t *testing.T, f *commitlog.Follower, _ *source, _ *sink) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.True(t, f.Wait(ctx, 3))
		require.False(t, f.Wait(ctx, 4))
	})
}

func TestNoiseOnTheBusIsIgnored(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		src, snk, bus := &source{head: commitlog.Head{Epoch: 1}}, new(sink), new(commitlog.LocalBus)
		f := commitlog.NewFollower(commitlog.Config{Source: src, Sink: snk, Bus: bus, Subject: "log"})
		run(t, f, func() {
			synctest.Wait()
			for _, noise := range []string{"", "{", "{}", `{"e":1,"s":0,"ids":[]}`, `{"e":1,"s":-3,"ids":[]}`, `{"e":9,"s":1,"ids":[]}`} {
				require.NoError(t, bus.Publish(t.Context(), "log", []byte(noise)))
			}
			src.commit("a")
			// It claims to be far ahead: what only messages say proves no loss.
			require.NoError(t, bus.Publish(t.Context(), "log", []byte(`{"e":1,"s":999,"ids":[]}`)))
			pass(2 * time.Second)
			require.Equal(t, commitlog.Head{Epoch: 1, Seq: 1}, f.Applied())
			require.True(t, f.Fresh())
		})
	})
}
