package catalogd

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
)

// Run answers requests until ctx is done, and stops without losing one.
func (s *Server) Run(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, s.Close()) }()

	work := []func(context.Context) error{s.follower.Run, s.verifier.Run, s.trimUntil}
	if s.auditor != nil {
		work = append(work, s.auditor.Run)
	}
	return s.doors.Run(ctx, web.Service{
		Public: s.public, Internal: s.internal, Work: work,
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
