package authd

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"stockroom/pkg/errs"
	"stockroom/pkg/web"
	"stockroom/services/auth"
)

const (
	sweepEvery  = 5 * time.Second
	reloadEvery = 30 * time.Second
	adminFirst  = 50 * time.Millisecond
	adminLast   = 5 * time.Second
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

	g.Go(func() error { return s.verifier.Run(working) })
	g.Go(func() error { s.sweepUntil(working); return nil })
	g.Go(func() error { s.reloadUntil(working); return nil })
	g.Go(func() error { s.ensureAdmin(working); return nil })
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

func (s *Server) sweepUntil(ctx context.Context) {
	for wait(ctx, sweepEvery) {
		if err := s.svc.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "not all swept", "err", err)
		}
	}
}

func (s *Server) reloadUntil(ctx context.Context) {
	for wait(ctx, reloadEvery) {
		if err := s.ring.Reload(ctx); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "signing keys stay as they are", "err", err)
		}
	}
}

// ensureAdmin makes the first administrator that the configuration describes,
// as soon as users can be asked. Without one it does nothing.
func (s *Server) ensureAdmin(ctx context.Context) {
	admin := auth.Registration{Email: s.cfg.AdminEmail, Username: s.cfg.AdminUsername, Password: s.cfg.AdminPassword}
	if admin == (auth.Registration{}) {
		return
	}
	for pause := adminFirst; ; pause = min(2*pause, adminLast) {
		made, err := s.svc.EnsureAdmin(ctx, admin)
		switch kind := errs.KindOf(err); {
		case made:
			s.log.InfoContext(ctx, "first administrator made", "username", admin.Username)
			return
		case err == nil:
			return
		case kind == errs.Conflict, kind == errs.Invalid:
			s.log.ErrorContext(ctx, "the first administrator cannot be made as configured", "err", err)
			return
		}
		if !wait(ctx, pause) {
			return
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
