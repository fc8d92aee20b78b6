package authd

import (
	"context"
	"errors"
	"time"

	"stockroom/pkg/errs"
	"stockroom/pkg/run"
	"stockroom/pkg/web"
	"stockroom/services/auth"
)

const (
	sweepEvery = 5 * time.Second
	tendEvery  = 5 * time.Second // and five times while a new key only is published
	adminFirst = 50 * time.Millisecond
	adminLast  = 5 * time.Second
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

	return s.doors.Run(ctx, web.Service{
		Public: s.public, Internal: s.internal,
		Work: []func(context.Context) error{
			s.verifier.Run, s.sweepUntil, s.trimUntil, s.tendUntil, s.ensureAdmin, s.deliverUntil, s.countUntil,
		},
		Drain: s.cfg.Drain, Grace: s.cfg.Grace,
	})
}

func (s *Server) sweepUntil(ctx context.Context) error {
	for run.Pause(ctx, sweepEvery) {
		if err := s.svc.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "not all swept", "err", err)
		}
	}
	return nil
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

// tendUntil looks after the signing keys, and says when there is a new one.
func (s *Server) tendUntil(ctx context.Context) error {
	newest := s.ring.Newest().Number
	for run.Pause(ctx, min(tendEvery, s.cfg.KeyLead/5)) {
		if err := s.ring.Tend(ctx); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "signing keys stay as they are", "err", err)
		}
		if k := s.ring.Newest(); k.Number > newest {
			newest = k.Number
			s.log.InfoContext(ctx, "new signing key", "number", k.Number, "kid", k.ID, "signs_from", k.SignsFrom)
		}
	}
	return nil
}

// ensureAdmin makes the first administrator that the configuration describes,
// as soon as users can be asked. Without one it does nothing.
func (s *Server) ensureAdmin(ctx context.Context) error {
	admin := auth.Registration{Email: s.cfg.AdminEmail, Username: s.cfg.AdminUsername, Password: s.cfg.AdminPassword}
	if admin == (auth.Registration{}) {
		return nil
	}
	for pause := adminFirst; ; pause = min(2*pause, adminLast) {
		made, err := s.svc.EnsureAdmin(ctx, admin)
		switch kind := errs.KindOf(err); {
		case made:
			s.log.InfoContext(ctx, "first administrator made", "username", admin.Username)
			return nil
		case err == nil:
			return nil
		case kind == errs.Conflict, kind == errs.Invalid:
			s.log.ErrorContext(ctx, "the first administrator cannot be made as configured", "err", err)
			return nil
		}
		if !run.Pause(ctx, pause) {
			return nil
		}
	}
}
