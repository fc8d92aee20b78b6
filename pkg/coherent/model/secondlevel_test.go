package model_test

import (
	"context"
	"errors"
	"strconv"
	"time"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/memoryl2"
	"stockroom/pkg/commitlog"
)

const (
	claimTicks = 30
	valueTicks = 300
)

var errAway = errors.New("away")

// redis is the reference of the scripts itself. What stands around it takes
// guards away from it.
type redis struct {
	*memoryl2.Store
	w     *world
	empty func() // as it was when it began
	saved []func()

	// unasked is set until somebody has it begin after a restore in silence.
	unasked bool

	head  commitlog.Head // the watermark, for mutants and for who restores the database
	ahead int64          // the last commit beyond it that a value was filled as of
	lost  bool           // the watermark, of a mutant
}

func newRedis(w *world) *redis {
	r := &redis{Store: memoryl2.New(func() time.Time { return time.UnixMilli(int64(w.now)) }), w: w}
	r.empty = r.Snapshot()
	return r
}

// ctx is of calls into memory, which never wait.
func ctx() context.Context { return context.Background() }

func (r *redis) get(c coherent.Claim, need int64) coherent.Found {
	if r.w.without.need {
		need = 0
	}
	if r.w.without.sharedEpoch {
		c.Epoch = r.head.Epoch
	}
	if r.lost {
		return coherent.Found{Watermark: coherent.Lost}
	}
	found, _ := r.Get(ctx(), c, need, claimTicks*time.Millisecond)
	return found
}

func (r *redis) fill(c coherent.Claim, e coherent.Entry) bool {
	if r.w.without.sharedEpoch {
		c.Epoch = r.head.Epoch
	}
	kept, _ := r.Fill(ctx(), c, e, valueTicks*time.Millisecond)
	if !kept && r.w.without.claim {
		if found, _ := r.Get(ctx(), c, 0, time.Second); found.State == coherent.Claimed {
			kept, _ = r.Fill(ctx(), c, e, valueTicks*time.Millisecond)
		}
	}
	if kept && e.AsOf > r.head.Seq {
		r.ahead = max(r.ahead, e.AsOf)
	}
	return kept
}

func (r *redis) apply(ev commitlog.Event) int64 {
	if r.lost {
		return coherent.Lost
	}
	if r.w.without.sharedListGen {
		ev.Lists = false
	}
	if r.w.without.sharedEpoch {
		ev.Epoch = r.head.Epoch
	}
	if r.w.without.order {
		r.forward(ev.Seq - 1)
	}
	at, _ := r.Apply(ctx(), ev)
	if at == ev.Seq {
		r.head = ev.Head()
	}
	return at
}

func (r *redis) begin(head commitlog.Head) {
	r.unasked = false
	if r.w.without.begin {
		r.reset(head)
		return
	}
	if r.w.without.ahead && r.head == head {
		return
	}
	if !r.keep(head) {
		if forgot, _ := r.Begin(ctx(), head); forgot {
			r.ahead = 0
		}
	}
	r.head = head
}

func (r *redis) reset(head commitlog.Head) {
	if r.keep(head) {
		return
	}
	if forgot, _ := r.Reset(ctx(), head); forgot {
		r.ahead = 0
	}
	if r.head.Epoch != head.Epoch || r.head.Seq < head.Seq {
		r.head = head
	}
}

// keep moves the watermark to head and, without the generation, forgets nothing.
func (r *redis) keep(head commitlog.Head) bool {
	if !r.w.without.generation || r.head.Epoch != head.Epoch || r.head.Seq > head.Seq {
		return false
	}
	r.lost = false
	r.forward(head.Seq)
	return true
}

// forward moves the watermark past events that it has not seen.
func (r *redis) forward(seq int64) {
	for r.head.Seq < seq {
		r.head.Seq++
		_, _ = r.Apply(ctx(), commitlog.Event{Epoch: r.head.Epoch, Seq: r.head.Seq})
	}
}

// save remembers the present state for a later rollback.
func (r *redis) save() {
	if r.unasked { // it would bring back later what nobody could tell
		return
	}
	then, ahead, restore := r.head, r.ahead, r.Snapshot()
	r.saved = append(r.saved, func() {
		now := r.head
		restore()
		r.head, r.ahead = then, ahead
		if r.w.without.watermarkInside && now.Epoch == then.Epoch {
			r.forward(now.Seq)
		}
	})
	if len(r.saved) > 3 {
		r.saved = r.saved[1:]
	}
}

func (r *redis) flush() {
	r.empty()
	r.head, r.ahead = commitlog.Head{}, 0
}

func (r *redis) loseWatermark() {
	if r.w.without.generation { // what is there must outlive it
		r.lost = true
		return
	}
	r.LoseWatermark()
	r.head, r.ahead = commitlog.Head{}, 0
}

// call is a way to the second level and back. It may fail before or after do
// has had its effect, or do has it when nobody waits for it any more.
func (p *process) call(t *task, do func()) error {
	w := p.w
	t.step()
	if w.now < p.m.storeAway {
		return errAway
	}
	if w.oneIn(60) {
		w.late = append(w.late, do)
		return errAway
	}
	do()
	t.step()
	if w.oneIn(60) {
		return errAway
	}
	return nil
}

var keys = func() (all [keyCount]coherent.Key) {
	for n := range items {
		all[n] = coherent.Item(names[n])
	}
	all[theList] = coherent.List("all")
	return all
}()

var names = [items]string{"0", "1", "2", "3"}

func indexOf(id string) int { return int(id[0] - '0') }

func (w *world) token() string {
	w.tokens++
	return strconv.Itoa(w.tokens)
}
