package rights

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"stockroom/e2e/chaos/link"
)

// Options are what a run is like.
type Options struct {
	Changes int // of rights, in each part
	AtOnce  int
}

// Run has a company take rights away, first while all is well, then without
// messages, and fails t if anybody was let in with lost rights after the bound.
// At last nobody can learn of changes any more, and it fails t if anybody is let
// in to change something.
func Run(t *testing.T, options Options) {
	t.Helper()

	c := open(t)
	doors := c.doors()
	o := &office{gateways: doors[:gateways], company: c}
	t.Run("Connected", func(t *testing.T) { o.several(t, doors, options) })
	t.Run("WithoutMessages", func(t *testing.T) {
		set(c.messages, link.State{HoldUp: true, HoldDn: true})
		defer set(c.messages, link.State{})
		o.several(t, doors, options)
	})
	t.Run("CutOff", func(t *testing.T) { o.cutOff(t, doors) })
}

// several makes changes and judges what was seen.
func (o *office) several(t *testing.T, doors []*door, options Options) {
	t.Helper()

	var (
		next    atomic.Int64
		mu      sync.Mutex
		seen    []sighting
		failed  error
		refused int
		took    []time.Duration // from the answer to a change until it has effect everywhere
		working sync.WaitGroup
	)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for range options.AtOnce {
		working.Go(func() {
			for {
				n := next.Add(1) - 1
				if n >= int64(options.Changes) || ctx.Err() != nil {
					return
				}
				mine, err := o.lose(ctx, doors, changes[n%int64(len(changes))])
				mu.Lock()
				if errors.Is(err, errRefused) && refused < options.Changes {
					refused++
					next.Add(-1) // somebody makes another one instead
					mu.Unlock()
					continue
				}
				if err != nil {
					failed = errors.Join(failed, err)
					stop()
				}
				worst := time.Duration(0)
				for _, s := range mine {
					worst = max(worst, s.late)
				}
				seen, took = append(seen, mine...), append(took, worst)
				mu.Unlock()
			}
		})
	}
	working.Wait()
	require.NoError(t, failed)
	t.Logf("%d changes were refused, and others made instead", refused)
	report(t, seen, took)
}

func report(t *testing.T, seen []sighting, took []time.Duration) {
	t.Helper()

	slices.Sort(took)
	at := func(share float64) time.Duration {
		return took[min(len(took)-1, int(share*float64(len(took))))].Round(10 * time.Microsecond)
	}
	missed := 0
	by := map[string]int{}
	for _, s := range seen {
		if s.late > aimed {
			missed++
			by[s.change+" at "+strings.Fields(s.door)[0]]++
		}
		if s.late > Bound {
			t.Errorf("%s: %s still let in a request sent %v after the answer", s.change, s.door, s.late)
		}
	}
	t.Logf("%d changes; in effect everywhere after p50 %v, p99 %v, at most %v; doors that let in a request sent later than %v: %d %v",
		len(took), at(0.5), at(0.99), at(1), aimed, missed, by)
}

// cutOff cuts every process off from messages and logs, and watches what is still
// answered.
func (o *office) cutOff(t *testing.T, doors []*door) {
	t.Helper()

	const (
		failClosed = 2500 * time.Millisecond
		watched    = 5 * time.Second
	)
	p, err := o.hire()
	require.NoError(t, err)
	links := slices.Concat(o.company.messages, o.company.logs)
	for _, d := range doors {
		for _, q := range d.asks {
			require.NoError(t, until(t.Context(), func() bool { return accepted(d.ask(q, p)) }))
		}
	}
	set(links, link.State{HoldUp: true, HoldDn: true})
	cut := time.Now()
	var watching sync.WaitGroup
	for _, d := range doors {
		watching.Go(func() {
			for time.Since(cut) < watched {
				for _, q := range d.asks {
					sent := time.Since(cut)
					status := d.ask(q, p)
					switch {
					case q.changes && sent > failClosed:
						assert.Equal(t, 503, status, "%s %s at %s, %v after the cut", q.method, q.path(p), d.name, sent)
					case !q.changes && q.path(p) == readOwn.path(p):
						assert.Equal(t, 200, status, "own data at %s, %v after the cut", d.name, sent)
					}
				}
				if strings.HasPrefix(d.name, "gateway") || strings.HasPrefix(d.name, catalog) {
					status, body := d.send("GET", "/api/v1/products", "", "")
					assert.Equal(t, 200, status, "products at %s, %v after the cut: %.200s", d.name, time.Since(cut), body)
				}
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
	watching.Wait()
	set(links, link.State{})
	for _, d := range doors {
		for _, q := range d.asks {
			require.NoError(t, until(t.Context(), func() bool { return accepted(d.ask(q, p)) }),
				"%s %s at %s is never answered again", q.method, q.path(p), d.name)
		}
	}
}
