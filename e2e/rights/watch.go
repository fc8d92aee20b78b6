package rights

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// Bound is how long after a change was acknowledged somebody may still be
	// let in with the rights of before.
	Bound = time.Second

	beyond  = 200 * time.Millisecond // that everybody is watched after the bound
	aimed   = 50 * time.Millisecond  // what is meant to be enough
	closely = 2 * aimed              // how long everybody is watched closely
)

// sighting is that somebody was let in with rights that they had lost.
type sighting struct {
	change, door string
	late         time.Duration // between the answer to the change and the request
}

// watcher asks one door with the rights of one person until all is over.
type watcher struct {
	door    *door
	person  person
	changed *atomic.Pointer[time.Time] // when the change was acknowledged
	latest  time.Duration              // of the requests that were let in afterwards; 0: none
	before  int                        // how many were let in before
}

func (w *watcher) watch(ctx context.Context) {
	const often, seldom = 3 * time.Millisecond, 40 * time.Millisecond
	for n := 0; ; n++ {
		sent := time.Now()
		in := accepted(w.door.ask(w.door.asks[n%len(w.door.asks)], w.person))
		every := often
		switch at := w.changed.Load(); {
		case at == nil:
			if in {
				w.before++
			}
		case in:
			w.latest = max(w.latest, sent.Sub(*at))
			fallthrough
		default:
			if sent.Sub(*at) > Bound+beyond {
				return
			}
			if sent.Sub(*at) > closely {
				every = seldom
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(every):
		}
	}
}

// lose takes rights away from somebody new and returns who was let in
// afterwards. All doors are asked from before the change on, so that each knows
// the token.
func (o *office) lose(ctx context.Context, doors []*door, c change) ([]sighting, error) {
	p, err := o.hire()
	if err != nil {
		return nil, err
	}
	for _, d := range doors {
		for _, q := range d.asks {
			if err := until(ctx, func() bool { return accepted(d.ask(q, p)) }); err != nil {
				return nil, err
			}
		}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var (
		changed atomic.Pointer[time.Time]
		all     []*watcher
		done    sync.WaitGroup
	)
	for _, d := range doors {
		w := &watcher{door: d, person: p, changed: &changed}
		all = append(all, w)
		done.Go(func() { w.watch(ctx) })
	}
	if err := c.carry(o, p); err != nil {
		stop()
		done.Wait()
		return nil, err
	}
	now := time.Now()
	changed.Store(&now)
	done.Wait()
	var seen []sighting
	for _, w := range all {
		if w.latest > 0 {
			seen = append(seen, sighting{c.name, w.door.name, w.latest})
		}
	}
	return seen, ctx.Err()
}

// until waits until ok.
func until(ctx context.Context, ok func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for !ok() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil
}
