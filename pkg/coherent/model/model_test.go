package model_test

import (
	"flag"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
)

var (
	seeds = flag.Uint64("model.seeds", defaultSeeds, "how many worlds to try")
	first = flag.Uint64("model.first", 1, "seed of the first one")
)

func TestProtocol(t *testing.T) {
	t.Parallel()

	began := time.Now()
	total := tally{}
	seed, w := search(*first, *seeds, guards{}, &total)
	if w != nil {
		t.Fatalf("wrong answer: %s\nrepeat it with: go test -run TestProtocol -model.seeds 1 -model.first %d\n%s", w.wrong, seed, &w.trace)
	}
	require.Positive(t, total.first.Load())
	require.Positive(t, total.second.Load())
	require.Positive(t, total.stale.Load())
	t.Logf("%d seeds in %v: %d answers, %d from the first level, %d from the second, %d labelled as stale", *seeds,
		time.Since(began).Round(time.Millisecond), total.all.Load(), total.first.Load(), total.second.Load(), total.stale.Load())
}

func TestSeedRepeats(t *testing.T) {
	t.Parallel()

	one, two := newWorld(7, guards{}).run(), newWorld(7, guards{}).run()
	require.Equal(t, one.trace, two.trace)
	require.Equal(t, one.answers, two.answers)
}

// tally counts answers.
type tally struct{ all, first, second, stale atomic.Int64 }

func (c *tally) add(w *world) {
	for origin, n := range w.answers {
		c.all.Add(int64(n))
		switch origin {
		case coherent.FromL1:
			c.first.Add(int64(n))
		case coherent.FromL2:
			c.second.Add(int64(n))
		}
	}
	c.stale.Add(int64(w.stale))
}

// search returns the first of n worlds in which an answer is wrong.
func search(from, n uint64, without guards, total *tally) (seed uint64, wrong *world) {
	var (
		mu   sync.Mutex
		next atomic.Uint64
		wg   sync.WaitGroup
	)
	next.Store(from)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				s := next.Add(1) - 1
				mu.Lock()
				over := s >= from+n || wrong != nil
				mu.Unlock()
				if over {
					return
				}
				w := newWorld(s, without).run()
				total.add(w)
				mu.Lock()
				if w.wrong != "" && (wrong == nil || s < seed) {
					seed, wrong = s, w
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return seed, wrong
}
