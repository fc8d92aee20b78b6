package bcrypthash

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

func TestQueueLetsTheNextInWhenOneLeaves(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1, 2, 10*time.Second)
		require.NoError(t, q.enter(t.Context()))
		entered := make(chan error, 2)
		for range 2 {
			go func() { entered <- q.enter(t.Context()) }()
		}
		synctest.Wait()
		require.Empty(t, entered)

		require.ErrorIs(t, q.enter(t.Context()), auth.ErrOverloaded, "the queue is full")
		q.leave()
		require.NoError(t, <-entered)
		synctest.Wait()
		require.Empty(t, entered)
		q.leave()
		require.NoError(t, <-entered)
		q.leave()
		require.NoError(t, q.enter(t.Context()))
	})
}

func TestQueueMakesNobodyWaitForever(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1, 2, 10*time.Second)
		require.NoError(t, q.enter(t.Context()))
		begin := time.Now()

		err := q.enter(t.Context())

		require.ErrorIs(t, err, auth.ErrOverloaded)
		require.Equal(t, 10*time.Second, time.Since(begin))
	})
}

func TestQueueIsLeftWhenTheContextEnds(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1, 1, 10*time.Second)
		require.NoError(t, q.enter(t.Context()))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()

		require.ErrorIs(t, q.enter(ctx), context.DeadlineExceeded)
		require.Zero(t, q.waiting.Load())
	})
}
