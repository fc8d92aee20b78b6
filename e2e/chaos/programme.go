package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"time"
)

// fault is one way to treat a shop badly.
type fault struct {
	name     string
	from, to time.Duration // how long it lasts
	places   int           // where it can happen

	// begin begins it, and returns what ends it and which replicas it concerns.
	begin func(s *shop, place int) (end func(), replicas []int)
}

// step is a fault in a programme.
type step struct {
	fault
	place       int
	pause, last time.Duration // before it, and from its begin to its end
}

// programme returns steps for as long as total: every fault of the deck once in
// any order, then all again.
func programme(rng *rand.Rand, deck []fault, total time.Duration) (steps []step) {
	if len(deck) == 0 {
		return nil
	}
	for sum := time.Duration(0); ; {
		for _, s := range rounds(rng, deck, 1) {
			if sum += s.pause + s.last; sum > total {
				return steps
			}
			steps = append(steps, s)
		}
	}
}

// rounds returns every fault of the deck n times, each time in another order.
func rounds(rng *rand.Rand, deck []fault, n int) (steps []step) {
	for range n {
		for _, i := range rng.Perm(len(deck)) {
			f := deck[i]
			steps = append(steps, step{
				fault: f, place: rng.IntN(f.places),
				pause: between(rng, short, time.Second), last: between(rng, f.from, f.to),
			})
		}
	}
	return steps
}

// only returns the faults of a deck whose name only matches, all if it is nil.
func only(only *regexp.Regexp, deck []fault) []fault {
	return slices.DeleteFunc(deck, func(f fault) bool { return only != nil && !only.MatchString(f.name) })
}

func between(rng *rand.Rand, from, to time.Duration) time.Duration {
	return from + time.Duration(rng.Int64N(int64(to-from)+1))
}

// play goes through steps until ctx is done. What has begun is ended.
func (s *shop) play(ctx context.Context, d *diary, steps []step) {
	for _, step := range steps {
		if !pause(ctx, step.pause) {
			return
		}
		name := fmt.Sprintf("%s, place %d", step.name, step.place)
		d.note("%s begins", name)
		end, replicas := step.begin(s, step.place)
		pause(ctx, step.last)
		end()
		d.note("%s ends", name)
		d.healed(step.name, replicas)
	}
}

// pause returns true after a time, and false if ctx is done before.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
