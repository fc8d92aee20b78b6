package ratelimit

import (
	"math"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// bucket holds the tokens of one place.
type bucket struct {
	tokens *rate.Limiter
	spent  atomic.Int64 // taken here, and not told to the others yet
}

func newBucket(p Policy) *bucket {
	return &bucket{tokens: rate.NewLimiter(rate.Limit(p.Rate), p.burst())}
}

// take takes cost tokens, if there are as many. It reports whether this is the
// first that the others have not been told of.
func (b *bucket) take(p Policy, cost int, now time.Time) (v Verdict, first bool) {
	v.Allowed = b.tokens.AllowN(now, cost)
	left := b.tokens.TokensAt(now)
	v.Remaining, v.Full = int(math.Max(0, left)), seconds((float64(p.burst())-left)/p.Rate)
	if !v.Allowed {
		v.Retry = seconds((float64(cost) - left) / p.Rate)
		return v, false
	}
	return v, b.spent.Add(int64(cost)) == int64(cost)
}

// hear takes note of what is left after what all have taken. What was taken
// here meanwhile is not in it yet.
func (b *bucket) hear(p Policy, level float64, now time.Time) {
	elsewhere := b.tokens.TokensAt(now) - (level - float64(b.spent.Load()))
	if n := min(int(elsewhere), p.burst()); n > 0 {
		b.tokens.ReserveN(now, n) // it may fall below zero
	}
}

func seconds(s float64) time.Duration { return time.Duration(math.Max(0, s) * float64(time.Second)) }
