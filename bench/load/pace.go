package load

import (
	"context"
	"time"
)

// For sends requests for a while, on each connection the next one as soon as the
// last is answered.
func For(ctx context.Context, plan Plan, d time.Duration) (Result, error) {
	until := time.Now().Add(d)
	return run(ctx, plan, func(int) pace { return closed{until} })
}

type closed struct{ until time.Time }

func (c closed) next(int64) (time.Time, bool) { return time.Time{}, time.Now().Before(c.until) }

// Count sends about n requests in the same way.
func Count(ctx context.Context, plan Plan, n int64) (Result, error) {
	each := (n + int64(plan.Connections) - 1) / int64(plan.Connections)
	return run(ctx, plan, func(int) pace { return counted(each) })
}

type counted int64

func (c counted) next(n int64) (time.Time, bool) { return time.Time{}, n < int64(c) }

// AtRate sends so many requests per second, whether those before are answered or
// not: each connection has a timetable. A request that is due while the one
// before it waits for its answer waits too, and that counts as its latency. That
// the client itself woke up late does not.
func AtRate(ctx context.Context, plan Plan, perSecond int, d time.Duration) (Result, error) {
	begin := time.Now()
	step := time.Second / time.Duration(perSecond)
	return run(ctx, plan, func(i int) pace {
		return timetable{begin.Add(time.Duration(i) * step), time.Duration(plan.Connections) * step, begin.Add(d)}
	})
}

type timetable struct {
	first time.Time
	every time.Duration
	until time.Time
}

func (t timetable) next(n int64) (time.Time, bool) {
	due := t.first.Add(time.Duration(n) * t.every)
	return due, due.Before(t.until)
}
