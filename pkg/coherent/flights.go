package coherent

import (
	"context"
	"errors"
	"sync"
	"time"
)

var errAborted = errors.New("the load that was waited for did not finish")

// result is what one flight brings to all that wait for it.
type result struct {
	entry   Entry
	origin  Origin
	epoch   int64 // of the commits
	validAt int64 // a commit as of which entry is proven right
}

// flights lets one caller per key work and the others wait for its result.
type flights struct {
	mu      sync.Mutex
	running map[Key]*flight
}

type flight struct {
	done chan struct{}
	res  result
	err  error
}

// do returns the result of one call of work for key. A result is shared only if
// its flight began after do was called, or if accept takes it: a flight that
// was under way before may have looked before the write that the caller must see.
//
// Work runs in one of the callers, with a context of its own that ends after
// limit: a caller that gives up does not take the others with it.
func (f *flights) do(
	ctx context.Context, key Key, limit time.Duration,
	accept func(result) bool, work func(context.Context) (result, error),
) (result, error) {
	for round := 0; ; round++ {
		one, mine := f.join(key)
		if mine {
			return f.fly(ctx, key, one, limit, work)
		}
		select {
		case <-one.done:
		case <-ctx.Done():
			return result{}, context.Cause(ctx)
		}
		if one.err != nil {
			return result{}, one.err
		}
		if round > 0 || accept(one.res) {
			return one.res, nil
		}
	}
}

func (f *flights) join(key Key) (one *flight, mine bool) {
	f.mu.Lock()
	defer f.mu.Unlock()

	if one, ok := f.running[key]; ok {
		return one, false
	}
	one = &flight{done: make(chan struct{}), err: errAborted}
	if f.running == nil {
		f.running = make(map[Key]*flight)
	}
	f.running[key] = one
	return one, true
}

func (f *flights) fly(
	ctx context.Context, key Key, one *flight, limit time.Duration,
	work func(context.Context) (result, error),
) (result, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	// Deferred, so that a panic in work leaves nobody waiting.
	defer func() {
		f.mu.Lock()
		delete(f.running, key)
		f.mu.Unlock()
		close(one.done)
	}()
	one.res, one.err = work(ctx)
	return one.res, one.err
}
