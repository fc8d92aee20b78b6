package auth

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"stockroom/pkg/errs"
	"stockroom/pkg/fold"
)

// ErrLoginThrottled says that too many tries failed lately, of the same name
// from the same address, or of any name from that address. It says nothing
// about whether there is such an account.
var ErrLoginThrottled = errs.New(errs.Throttled, "login_throttled", "Too many failed sign-ins")

// Limit says how failures slow down.
type Limit struct {
	Free  int           // failures without a delay
	First time.Duration // after the first failure that is not free; twice as long after each further one
	Max   time.Duration // but no longer
	Keep  time.Duration // after the last failure, all are forgotten; longer than Max
}

// Delay returns how long after that many failures the next try has to wait.
func (l Limit) Delay(failures int) time.Duration {
	beyond := failures - l.Free
	if beyond <= 0 {
		return 0
	}
	delay := min(l.First, l.Max)
	for ; beyond > 1 && delay < l.Max; beyond-- {
		delay = min(2*delay, l.Max)
	}
	return delay
}

// Mark is something that those who try have in common.
type Mark struct {
	Key   string // tells nobody who it is
	Limit Limit
}

// Limits are those of sign-ins.
type Limits struct {
	Name    Limit // of one name from one address, or of one account that changes its password
	Address Limit // of one address, whatever the name
}

// signInMarks are those of a sign-in. The name counts as it was sent, whether or
// not there is such an account. An IPv6 address stands for its network: whoever
// has one has 2^64.
func (s *Service) signInMarks(username, address string) []Mark {
	from, _ := netip.ParseAddr(address) // without one, all who have none are the same
	where := network(from)
	marks := []Mark{s.mark(s.Limits.Name, "name", where, fold.String(username))}
	if from.IsValid() {
		marks = append(marks, s.mark(s.Limits.Address, "address", where, ""))
	}
	return marks
}

func network(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, _ := a.Prefix(64) // there is one of every IPv6 address
	return p.String()
}

func (s *Service) mark(l Limit, kind, where, who string) Mark {
	return Mark{mac(s.Secrets.Throttle, kind+"\x00"+where+"\x00"+who), l}
}

// throttled makes a try, unless too many have failed before: then it fails with
// ErrLoginThrottled and nothing is tried. Only what fails with wrong counts. A
// success clears the first mark.
func (s *Service) throttled(ctx context.Context, marks []Mark, wrong error, try func() error) error {
	if wait := s.Throttle.Admit(ctx, marks...); wait > 0 {
		return ErrLoginThrottled.After(wait)
	}
	err := try()
	switch {
	case err == nil:
		s.Throttle.Forget(ctx, marks[0])
	case errors.Is(err, wrong):
		s.Throttle.Failed(ctx, marks...)
	}
	return err
}
