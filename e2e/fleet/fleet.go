// Package fleet puts a system under constant load while its parts are replaced,
// killed and stopped, and tells what that has cost its clients.
//
// A request that fails is a failure: nothing here sends one twice. What has been
// acknowledged is read back at the end.
package fleet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Config says what is put under load, and how much of it.
type Config struct {
	URL                string // of the gateway, or of what balances over several
	Username, Password string // of an administrator

	Readers, Writers int     // connections that are always in use
	ReadRate         float64 // requests per second of all of them
	WriteRate        float64
	PeopleRate       float64 // new accounts per second; each hashes a password twice

	MinReads, MinWrites int // the load goes on until both are reached
}

// warmUp is how long the load runs before anything happens to the system, so
// that every replica has cached the products that stay.
const warmUp = 10 * time.Second

// Run runs the programme on the system that cfg and driver lead to, and reports
// to out. It fails if anything happened that must not.
func Run(ctx context.Context, cfg Config, programme Programme, driver Driver, out io.Writer) error {
	c := newClient(cfg)
	defer c.http.CloseIdleConnections()
	s := &shop{client: c, ledger: newLedger()}
	if err := s.open(ctx, cfg); err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	c.tally.begin()
	working, stop := context.WithCancel(ctx)
	defer stop()
	done := s.serve(working, cfg)

	x := &exercise{driver: driver, client: c, out: out}
	x.say("warm up")
	err := pause(ctx, warmUp)
	if err == nil {
		err = programme(ctx, x)
	}
	for err == nil && !c.tally.enough(cfg.MinReads, cfg.MinWrites) {
		err = pause(ctx, 100*time.Millisecond)
	}
	stop()
	<-done

	c.tally.report(out)
	x.violations = append(x.violations, s.verify(context.WithoutCancel(ctx), out)...)
	for _, v := range x.violations {
		err = errors.Join(err, errors.New(v))
	}
	return err
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
