package coherent_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/memoryl2"
	"stockroom/pkg/commitlog"
)

var errAway = errors.New("away")

// wire is the way to a second level, on which a test may interfere.
type wire struct {
	coherent.SecondLevel
	cut    bool                  // every call fails
	before func(call string)     // called before each call
	onGet  func(*coherent.Found) // called with each answer
}

func (w *wire) use(call string) error {
	if w.before != nil {
		w.before(call)
	}
	if w.cut {
		return errAway
	}
	return nil
}

func (w *wire) Get(ctx context.Context, c coherent.Claim, need int64, lease time.Duration) (coherent.Found, error) {
	if err := w.use("get"); err != nil {
		return coherent.Found{}, err
	}
	found, err := w.SecondLevel.Get(ctx, c, need, lease)
	if w.onGet != nil {
		w.onGet(&found)
	}
	return found, err
}

func (w *wire) Fill(ctx context.Context, c coherent.Claim, e coherent.Entry, ttl time.Duration) (bool, error) {
	if err := w.use("fill"); err != nil {
		return false, err
	}
	return w.SecondLevel.Fill(ctx, c, e, ttl)
}

func (w *wire) Apply(ctx context.Context, ev commitlog.Event) (int64, error) {
	if err := w.use("apply"); err != nil {
		return 0, err
	}
	return w.SecondLevel.Apply(ctx, ev)
}

func (w *wire) Begin(ctx context.Context, head commitlog.Head) (bool, error) {
	if err := w.use("begin"); err != nil {
		return false, err
	}
	return w.SecondLevel.Begin(ctx, head)
}

func (w *wire) Reset(ctx context.Context, head commitlog.Head) (bool, error) {
	if err := w.use("reset"); err != nil {
		return false, err
	}
	return w.SecondLevel.Reset(ctx, head)
}

// two returns two replicas of one database that share a second level.
func two(t *testing.T) (first, second *world, shared *memoryl2.Store) {
	t.Helper()
	shared = memoryl2.New(clock)
	first = newWorld(t, shared)
	return first, replica(t, first.db, shared), shared
}

// both applies a new write on all replicas.
func both(first, second *world, ids ...string) {
	first.t.Helper()
	second.apply(first.write(ids...))
}
