package chaos

import (
	"context"
	"math/rand/v2"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"stockroom/e2e/chaos/history"
)

// Options are what a run is like.
type Options struct {
	Seed    uint64
	For     time.Duration
	Readers int           // of each replica
	Pause   time.Duration // of a reader between its questions

	Only  *regexp.Regexp // the faults with such names; nil: all
	NATS  NATS
	Kills int // so many at each failpoint, and no other faults; 0: none
}

// NATS is how messages fare.
type NATS string

// How messages fare: as badly as everything else, well, or none ever arrives.
// The faults of the last two are the same for one seed.
const (
	Disturbed NATS = "yes"
	Well      NATS = "well"
	Gone      NATS = "no"
)

// run is one run of a programme.
type run struct {
	options Options
	shop    *shop
	diary   *diary
	book    *stockbook
}

// rng returns the randomness of one part of the run, whatever the others do.
func (r *run) rng(part uint64) *rand.Rand { return rand.New(rand.NewPCG(r.options.Seed, part)) }

// Run has a shop used and treated badly, and fails t if any answer was wrong or
// any acknowledged write is lost.
func Run(t *testing.T, o Options) {
	t.Helper()

	require.Contains(t, []NATS{Disturbed, Well, Gone}, o.NATS)
	s := open(t)
	r := &run{options: o, shop: s, diary: s.diary, book: &stockbook{}}
	if o.NATS == Gone {
		r.shop.nats.Stop()
	}
	var writing []*writer
	var reading []*reader
	for n := range writers {
		writing = append(writing, r.writer(n))
	}
	for n := range o.Readers * len(r.shop.replicas) {
		reading = append(reading, r.reader(n))
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var users, lanes sync.WaitGroup
	for _, w := range writing {
		users.Go(func() { assert.NoError(t, w.work(ctx)) })
	}
	for _, q := range reading {
		users.Go(func() { assert.NoError(t, q.work(ctx)) })
	}
	for _, steps := range r.programmes() {
		lanes.Go(func() { r.shop.play(ctx, r.diary, steps) })
	}
	lanes.Wait()
	pause(ctx, o.For-r.diary.now()) // the last fault would have been too long, or there is none
	r.diary.note("all is well again")
	pause(ctx, history.Bound) // for the last recovery
	stop()
	users.Wait()
	require.False(t, t.Failed())

	h := &history.History{}
	failed := map[string]int{}
	for _, w := range writing {
		h.Writes = append(h.Writes, w.writes...)
		count(failed, "writes", w.failed)
	}
	for _, q := range reading {
		h.Reads = append(h.Reads, q.reads...)
		count(failed, "reads", q.failed)
	}
	h.Reads = append(h.Reads, r.finally(t)...)
	past := &r.shop.past
	r.shop.transaction("", past.remember)
	h.Writes, h.Log, h.Products = append(h.Writes, past.restores...), past.log, past.known()
	r.report(t, h, failed)
}

// programmes returns what happens at the same time.
func (r *run) programmes() (lanes [][]step) {
	if r.options.Kills > 0 {
		return [][]step{rounds(r.rng(0), killFaults(), r.options.Kills)}
	}
	for n, deck := range [][]fault{storeFaults(), otherFaults(r.options)} {
		lanes = append(lanes, programme(r.rng(uint64(n)), only(r.options.Only, deck), r.options.For))
	}
	return lanes
}

func count(sum map[string]int, what string, more map[string]int) {
	for name, n := range more {
		sum[what+" "+name] += n
	}
}

// finally asks every replica for everything until it answers without a label.
func (r *run) finally(t *testing.T) (all []history.Read) {
	t.Helper()

	for n := range r.shop.replicas {
		q := r.reader(n)
		for _, id := range append(append([]string{}, r.book.live...), r.book.gone...) {
			q.insist(t, history.Read{Product: id}, productsPath+"/"+id)
		}
		q.insist(t, history.Read{List: history.List{Page: 1, Size: 100}}, productsPath+"?page_size=100")
		all = append(all, q.reads...)
	}
	return all
}

func (r *reader) insist(t *testing.T, read history.Read, path string) {
	t.Helper()

	require.Eventually(t, func() bool {
		answered, err := r.ask(read, path, true, "")
		return err == nil && answered && r.reads[len(r.reads)-1].Stale == nil
	}, patience, 10*time.Millisecond, path)
}
