package bcrypthash

import (
	"context"
	"sync/atomic"
	"time"

	"stockroom/services/auth"
)

// queue lets so many in at once and makes so many others wait so long.
type queue struct {
	slots    chan struct{}
	waiting  atomic.Int64
	length   int64
	patience time.Duration

	waited  func(seconds float64)
	refused atomic.Int64
}

func newQueue(slots int, length int64, patience time.Duration) *queue {
	return &queue{
		slots: make(chan struct{}, slots), length: length, patience: patience,
		waited: func(float64) {},
	}
}

// enter fails with [auth.ErrOverloaded] if there are too many before, or if the
// wait gets too long.
func (q *queue) enter(ctx context.Context) error {
	select {
	case q.slots <- struct{}{}:
		q.waited(0)
		return nil
	default:
	}
	if q.waiting.Add(1) > q.length {
		q.waiting.Add(-1)
		q.refused.Add(1)
		return auth.ErrOverloaded.After(q.patience / 2)
	}
	defer q.waiting.Add(-1)
	begin := time.Now()
	defer func() { q.waited(time.Since(begin).Seconds()) }()
	timer := time.NewTimer(q.patience)
	defer timer.Stop()
	select {
	case q.slots <- struct{}{}:
		return nil
	case <-timer.C:
		q.refused.Add(1)
		return auth.ErrOverloaded.After(q.patience / 2)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (q *queue) leave() {
	<-q.slots
}
