package web

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
)

// Service is what works behind [Doors].
type Service struct {
	Public, Internal *API

	// Work goes on beside the answers, each function until its context is done.
	Work []func(ctx context.Context) error

	Drain time.Duration // how long others have to hear that it stops
	Grace time.Duration // how long requests under way may take to finish
}

// Run answers requests until ctx is done. Then s says that it is not ready any
// more and leaves those who ask the time to hear it, finishes what is under
// way, and stops; the internal door closes last. If any part of s fails before,
// all of it stops.
func (d Doors) Run(ctx context.Context, s Service) error {
	outlasting, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	g, working := errgroup.WithContext(outlasting)
	welcoming, shut := context.WithCancel(working)
	defer shut()

	for _, work := range s.Work {
		g.Go(func() error { return work(working) })
	}
	g.Go(func() error { return Serve(working, s.Internal.App(), d.Internal, s.Grace) })
	g.Go(func() error {
		defer stop()
		return Serve(welcoming, s.Public.App(), d.Public, s.Grace)
	})
	g.Go(func() error {
		defer shut()
		s.drain(ctx, working)
		return nil
	})
	return g.Wait()
}

// drain returns when the public door may be closed.
func (s Service) drain(ctx, working context.Context) {
	select {
	case <-working.Done():
		return
	case <-ctx.Done():
	}
	s.Internal.Leave()
	timer := time.NewTimer(s.Drain)
	defer timer.Stop()
	select {
	case <-working.Done():
	case <-timer.C:
	}
}
