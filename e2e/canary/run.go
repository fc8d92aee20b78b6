// Package canary has many people ask for what is theirs over the same few
// connections, with requests that are broken off anywhere, while services die,
// and looks in every answer for a byte that belongs to somebody else.
package canary

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// patience is for whatever has to happen on a busy machine.
const patience = 90 * time.Second

// Options are what a run is like.
type Options struct {
	Requests int64  // at least
	People   int    // whose data must not be mixed up
	Clients  int    // connections at a time
	Seed     uint64 // of what is sent

	// Owner and Password are those of an administrator.
	Owner, Password string

	// Disturb is called so often in the course of the run; nil: never.
	Disturb  func(n int)
	Disturbs int
}

// Report is what was seen.
type Report struct {
	Requests, Answers int64
	Lost              int64 // times a client lost interest
	Away              int64 // answers that a service is away
	Took              time.Duration
}

// String tells it.
func (r Report) String() string {
	return fmt.Sprintf("%d requests in %v, %d answers judged, %d of them that a service is away; clients lost interest %d times",
		r.Requests, r.Took.Round(time.Second), r.Answers, r.Away, r.Lost)
}

// run is one under way.
type run struct {
	judge
	at                          string
	begun, answered, lost, away atomic.Int64
}

// Run sends requests to the gateway at a URL, and fails on the first answers that
// are not those that were asked for.
func Run(ctx context.Context, gateway string, o Options) (Report, error) {
	at, err := url.Parse(gateway)
	if err != nil {
		return Report{}, err
	}
	reception := office{gateway, &http.Client{Timeout: patience}}
	defer reception.http.CloseIdleConnections()
	people, err := reception.hire(ctx, o.Owner, o.Password, o.People)
	if err != nil {
		return Report{}, err
	}
	r := &run{at: at.Host}
	for _, p := range people {
		r.own(p)
	}

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var (
		started = time.Now()
		mu      sync.Mutex
		wrong   error
		working sync.WaitGroup
	)
	fail := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		if ctx.Err() == nil {
			wrong = errors.Join(wrong, err)
		}
		stop()
	}
	for n := range o.Clients {
		working.Go(func() {
			c := &client{run: r, maker: maker{rand.New(rand.NewPCG(o.Seed, uint64(n))), people}} //nolint:gosec // it has to be predictable
			defer c.hangUp()
			for ctx.Err() == nil && r.begun.Load() < o.Requests {
				if err := c.burst(ctx); err != nil {
					fail(fmt.Errorf("client %d: %w", n, err))
				}
			}
		})
	}
	working.Go(func() { reception.renew(ctx, people, fail, func() bool { return r.begun.Load() >= o.Requests }) })
	r.disturb(ctx, o)
	working.Wait()
	return Report{r.begun.Load(), r.answered.Load(), r.lost.Load(), r.away.Load(), time.Since(started)}, wrong
}

// tick is how often is looked whether there is something to do.
const tick = 20 * time.Millisecond

// renew gives people new tokens before theirs run out, until done.
func (o office) renew(ctx context.Context, people []*person, fail func(error), done func() bool) {
	for ctx.Err() == nil && !done() {
		for _, p := range people {
			if p.stale() {
				if err := o.signIn(ctx, p, password); err != nil {
					fail(err)
				}
			}
		}
		pause(ctx)
	}
}

// disturb calls Disturb in even distances.
func (r *run) disturb(ctx context.Context, o Options) {
	if o.Disturb == nil {
		return
	}
	for n := range o.Disturbs {
		for r.begun.Load() < o.Requests*int64(n+1)/int64(o.Disturbs+1) && ctx.Err() == nil {
			pause(ctx)
		}
		if ctx.Err() != nil {
			return
		}
		o.Disturb(n)
	}
}

func pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(tick):
	}
}
