package ratelimit

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
)

const (
	// maxPlaces bounds the buckets that are kept, about 200 bytes each. Who is
	// forgotten begins with a full one.
	maxPlaces = 100_000

	// syncEvery is how long gateways may not know of each other's requests, and
	// maxSync how many places they tell each other of at once.
	syncEvery   = 100 * time.Millisecond
	syncTimeout = 500 * time.Millisecond
	maxSync     = 1000
)

// Shared is where gateways keep what they have taken together.
type Shared interface {
	// Spend takes tokens from buckets that all share, and returns what each
	// holds then: below zero if more was taken than was there.
	Spend(ctx context.Context, p Policy, spendings []Spending) (levels []float64, err error)
}

// Spending is what was taken from a bucket.
type Spending struct {
	Key    string
	Tokens int64
}

// Limiter bounds requests by one policy, for places of one kind.
type Limiter[K comparable] struct {
	policy  Policy
	key     func(K) string
	shared  Shared // nil: nobody to count with
	log     *slog.Logger
	now     func() time.Time
	buckets *otter.Cache[K, *bucket]

	mu     sync.Mutex
	untold []place[K] // of whom the others have to hear

	refused atomic.Int64
	failed  atomic.Int64
}

type place[K comparable] struct {
	key    K
	bucket *bucket
}

// New returns a limiter. It counts with others through shared, unless that is
// nil, where key gives places their names.
func New[K comparable](p Policy, key func(K) string, shared Shared, log *slog.Logger, now func() time.Time) *Limiter[K] {
	return &Limiter[K]{
		policy: p.told(), key: key, shared: shared, log: log, now: now,
		buckets: otter.Must(&otter.Options[K, *bucket]{MaximumSize: maxPlaces}),
	}
}

// Policy returns the rule of l.
func (l *Limiter[K]) Policy() *Policy { return &l.policy }

// Take takes cost tokens for a request that comes from k now.
func (l *Limiter[K]) Take(k K, cost int, now time.Time) Verdict {
	b, ok := l.buckets.GetIfPresent(k)
	if !ok {
		b, _ = l.buckets.ComputeIfAbsent(k, func() (*bucket, bool) {
			return newBucket(l.policy), false
		})
	}
	v, first := b.take(l.policy, cost, now)
	if first && l.shared != nil {
		l.mu.Lock()
		l.untold = append(l.untold, place[K]{k, b})
		l.mu.Unlock()
	}
	if !v.Allowed {
		l.refused.Add(1)
	}
	return v
}

// Run counts with others until ctx is done.
func (l *Limiter[K]) Run(ctx context.Context) error {
	if l.shared == nil {
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		err := l.sync(ctx)
		switch {
		case err != nil && ctx.Err() == nil && !failing:
			l.log.WarnContext(ctx, "rate limits are not shared", slog.String("policy", l.policy.Name), slog.Any("err", err))
		case err == nil && failing:
			l.log.InfoContext(ctx, "rate limits are shared again", slog.String("policy", l.policy.Name))
		}
		failing = err != nil
	}
}

// sync tells the others what was taken here, and hears what is left. What they
// cannot be told now is forgotten: here it was counted.
func (l *Limiter[K]) sync(ctx context.Context) error {
	l.mu.Lock()
	all := l.untold
	l.untold = nil
	l.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, syncTimeout)
	defer cancel()
	var failed error
	for len(all) > 0 {
		some := all[:min(maxSync, len(all))]
		all = all[len(some):]
		spendings := make([]Spending, len(some))
		for i, p := range some {
			spendings[i] = Spending{l.key(p.key), p.bucket.spent.Swap(0)}
		}
		if failed != nil {
			continue
		}
		levels, err := l.shared.Spend(ctx, l.policy, spendings)
		if err != nil {
			l.failed.Add(1)
			failed = err
			continue
		}
		now := l.now()
		for i, p := range some {
			p.bucket.hear(l.policy, levels[i], now)
		}
	}
	return failed
}
