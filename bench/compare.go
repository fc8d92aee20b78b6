package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"stockroom/bench/load"
	"stockroom/bench/program"
	"stockroom/bench/proxy"
)

// runner is a proxy in the comparison, and what was measured of it.
type runner struct {
	proxy.Running
	name    string
	absent  error               // why it takes no part
	figures map[string][]figure // by kind of traffic, one for each round
}

// compare has all proxies answer in turn, and prints what it cost them.
func (f *field) compare(ctx context.Context, s settings) error {
	runners, err := f.line(ctx, s.only)
	if err != nil {
		return err
	}
	for round := range s.rounds {
		for _, kind := range kinds {
			if err := f.round(ctx, s, runners, kind); err != nil {
				return err
			}
			for _, r := range runners {
				if all := r.figures[kind.name]; len(all) > round {
					fmt.Fprintf(os.Stderr, "round %d: %s, %s: %.1f µs, %.0f requests/s\n", round+1, r.name, kind.name, all[round].cpu, all[round].perSecond)
				}
			}
		}
	}
	for _, kind := range kinds {
		fmt.Print(table(s, kind.name, runners))
	}
	return nil
}

// turns is how many short turns each proxy has in a round, one after the other
// with those of the others: a virtual machine is slower or faster for seconds.
const turns = 16

// round measures all proxies with one kind of traffic.
func (f *field) round(ctx context.Context, s settings, runners []*runner, kind traffic) error {
	taken := make([]turn, len(runners))
	defer func() {
		for i := range taken {
			taken[i].kept.Close()
		}
	}()
	all := func(step func(r *runner, t *turn) error) error {
		for i, r := range runners {
			if r.absent == nil {
				r.absent = step(r, &taken[i])
			}
			if r.absent != nil && (i == 0 || ctx.Err() != nil) {
				return fmt.Errorf("%s, %s: %w", r.name, kind.name, r.absent)
			}
		}
		return nil
	}
	err := all(func(r *runner, t *turn) (err error) {
		t.plan, err = f.plan(ctx, s, r.Addr, kind)
		t.plan.Kept = &t.kept
		return err
	})
	for range turns {
		if err != nil {
			return err
		}
		err = all(func(r *runner, t *turn) error { return t.spend(ctx, r.Program, s.each/turns) })
	}
	if err != nil {
		return err
	}
	return all(func(r *runner, t *turn) error {
		paced, err := load.AtRate(ctx, t.plan, s.rate, s.each)
		if err != nil {
			return err
		}
		r.figures[kind.name] = append(r.figures[kind.name], t.figure(paced))
		return r.Forget()
	})
}

// line starts the gateway, which comes first, and all that it is compared with.
func (f *field) line(ctx context.Context, only string) ([]*runner, error) {
	var runners []*runner
	for i, p := range append([]proxy.Proxy{proxy.Gateway()}, proxy.Others()...) {
		if i > 0 && only != "" && !named(only, p.Name) {
			continue
		}
		r := &runner{name: p.Name, figures: map[string][]figure{}}
		runners = append(runners, r)
		if r.Running, r.absent = f.start(ctx, p); r.absent != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", r.name, r.absent)
		}
	}
	return runners, nil
}

// named tells whether a proxy is one of those asked for.
func named(only, name string) bool {
	for word := range strings.SplitSeq(only, ",") {
		if strings.HasPrefix(strings.ToLower(name), strings.ToLower(word)) {
			return true
		}
	}
	return false
}

// figure is one measurement.
type figure struct {
	perSecond        float64
	p50, p99         time.Duration
	cpu              float64 // microseconds of the proxy for each request
	rateP50, rateP99 time.Duration
}

// turn is what was sent to a proxy as fast as it answered, and what that cost it.
type turn struct {
	plan load.Plan
	kept load.Connections
	sent load.Result
	cpu  time.Duration
}

// spend sends for d more.
func (t *turn) spend(ctx context.Context, p *program.Program, d time.Duration) error {
	before, err := p.Usage()
	if err != nil {
		return err
	}
	sent, err := load.For(ctx, t.plan, d)
	if err != nil {
		return err
	}
	after, err := p.Usage()
	t.sent.Add(sent)
	t.cpu += after.CPU - before.CPU
	return err
}

// cost returns how many microseconds of processor time a request has cost.
func (t *turn) cost() float64 { return float64(t.cpu.Microseconds()) / float64(t.sent.Requests) }

func (t *turn) figure(paced load.Result) figure {
	return figure{
		perSecond: float64(t.sent.Requests) / t.sent.Took.Seconds(),
		p50:       quantile(t.sent, 50), p99: quantile(t.sent, 99),
		cpu:     t.cost(),
		rateP50: quantile(paced, 50), rateP99: quantile(paced, 99),
	}
}

func quantile(r load.Result, q float64) time.Duration {
	return time.Duration(r.Latency.ValueAtQuantile(q)) * time.Microsecond
}
