package catalogd

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"stockroom/pkg/web"
)

// How much of the log is kept. Whoever follows it is seldom more than a second
// behind; the rest is for people.
const (
	keepLog   = 7 * 24 * time.Hour
	keepRows  = 1_000_000
	trimEvery = time.Hour
)

// Run answers requests until ctx is done. Then it says that it is not ready any
// more, leaves those who ask the time to hear it, finishes what is under way,
// and stops; the internal door closes last.
func (s *Server) Run(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, s.Close()) }()

	outlasting, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	g, working := errgroup.WithContext(outlasting)
	welcoming, shut := context.WithCancel(working)
	defer shut()

	g.Go(func() error { return s.follower.Run(working) })
	g.Go(func() error { return s.verifier.Run(working) })
	g.Go(func() error { s.trimUntil(working); return nil })
	g.Go(func() error { return web.Serve(working, s.internal.App(), s.doors.Internal, s.cfg.Grace) })
	g.Go(func() error {
		defer stop()
		return web.Serve(welcoming, s.public.App(), s.doors.Public, s.cfg.Grace)
	})
	g.Go(func() error {
		defer shut()
		s.drain(ctx, working)
		return nil
	})
	return g.Wait()
}

// drain returns when the public door may be closed.
func (s *Server) drain(ctx, working context.Context) {
	select {
	case <-working.Done():
		return
	case <-ctx.Done():
	}
	s.leaving.Store(true)
	wait(working, s.cfg.Drain)
}

// trimUntil keeps the log short until ctx is done.
func (s *Server) trimUntil(ctx context.Context) {
	for wait(ctx, trimEvery) {
		if err := s.db.log.Trim(ctx, keepLog, keepRows); err != nil {
			s.log.WarnContext(ctx, "log not trimmed", "err", err)
		}
	}
}

// wait returns false if ctx is done before d is over.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
