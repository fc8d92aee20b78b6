package usersd

import (
	"context"
	"errors"
	"time"

	"stockroom/pkg/run"
	"stockroom/pkg/web"
)

// How much of the log is kept. Whoever follows it is seldom more than a second
// behind; the rest is for people.
const (
	keepLog   = 7 * 24 * time.Hour
	keepRows  = 1_000_000
	trimEvery = time.Hour

	sweepEvery = 5 * time.Second
)

// Run answers requests until ctx is done, and stops without losing one.
func (s *Server) Run(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, s.Close()) }()

	return s.doors.Run(ctx, web.Service{
		Public: s.public, Internal: s.internal,
		Work:  []func(context.Context) error{s.verifier.Run, s.trimUntil, s.sweepUntil},
		Drain: s.cfg.Drain, Grace: s.cfg.Grace,
	})
}

// trimUntil keeps the log short until ctx is done.
func (s *Server) trimUntil(ctx context.Context) error {
	for run.Pause(ctx, trimEvery) {
		if err := s.db.log.Trim(ctx, keepLog, keepRows); err != nil {
			s.log.WarnContext(ctx, "log not trimmed", "err", err)
		}
	}
	return nil
}

// sweepUntil finishes what was interrupted until ctx is done.
func (s *Server) sweepUntil(ctx context.Context) error {
	for run.Pause(ctx, sweepEvery) {
		if err := s.svc.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "not all swept", "err", err)
		}
	}
	return nil
}
