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
		for i, r := range runners {
			if r.absent == nil {
				r.absent = f.turn(ctx, s, r, round)
			}
			if r.absent != nil && (i == 0 || ctx.Err() != nil) {
				return fmt.Errorf("%s: %w", r.name, r.absent)
			}
		}
	}
	for _, kind := range kinds {
		fmt.Print(table(s, kind.name, runners))
	}
	return nil
}

// turn measures one proxy with all kinds of traffic.
func (f *field) turn(ctx context.Context, s settings, r *runner, round int) error {
	for _, kind := range kinds {
		fig, err := f.measure(ctx, s, r, kind)
		if err != nil {
			return fmt.Errorf("%s: %w", kind.name, err)
		}
		fmt.Fprintf(os.Stderr, "round %d: %s, %s: %.1f µs, %.0f requests/s\n", round+1, r.name, kind.name, fig.cpu, fig.perSecond)
		r.figures[kind.name] = append(r.figures[kind.name], fig)
	}
	return nil
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

func (f *field) measure(ctx context.Context, s settings, r *runner, kind traffic) (figure, error) {
	plan, err := f.plan(ctx, s, r.Addr, kind)
	if err != nil {
		return figure{}, err
	}
	each, all, err := cost(ctx, r.Program, plan, s.each)
	if err != nil {
		return figure{}, err
	}
	paced, err := load.AtRate(ctx, plan, s.rate, s.each)
	if err != nil {
		return figure{}, err
	}
	return figure{
		perSecond: float64(all.Requests) / all.Took.Seconds(),
		p50:       quantile(all, 50), p99: quantile(all, 99),
		cpu:     each,
		rateP50: quantile(paced, 50), rateP99: quantile(paced, 99),
	}, r.Forget()
}

// cost returns how many microseconds of processor time a request costs p.
func cost(ctx context.Context, p *program.Program, plan load.Plan, d time.Duration) (float64, load.Result, error) {
	before, err := p.Usage()
	if err != nil {
		return 0, load.Result{}, err
	}
	sent, err := load.For(ctx, plan, d)
	if err != nil {
		return 0, load.Result{}, err
	}
	after, err := p.Usage()
	return float64((after.CPU - before.CPU).Microseconds()) / float64(sent.Requests), sent, err
}

func quantile(r load.Result, q float64) time.Duration {
	return time.Duration(r.Latency.ValueAtQuantile(q)) * time.Microsecond
}
