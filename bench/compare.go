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
	name    string
	addr    string
	program *program.Program
	missing error
	figures map[string][]figure // by kind of traffic, one for each round
}

// compare has all proxies answer in turn, and prints what it cost them.
func (f *field) compare(ctx context.Context, s settings) error {
	runners, err := f.line(ctx, s.only)
	if err != nil {
		return err
	}
	for round := range s.rounds {
		for _, r := range runners {
			if r.missing != nil {
				continue
			}
			for _, kind := range kinds {
				fig, err := f.measure(ctx, s, r, kind)
				if err != nil {
					return fmt.Errorf("%s, %s: %w", r.name, kind.name, err)
				}
				fmt.Fprintf(os.Stderr, "round %d: %s, %s: %.1f µs, %.0f requests/s\n", round+1, r.name, kind.name, fig.cpu, fig.perSecond)
				r.figures[kind.name] = append(r.figures[kind.name], fig)
			}
		}
	}
	for _, kind := range kinds {
		table(os.Stdout, s, kind.name, runners)
	}
	return nil
}

// line starts the gateway and all that it is compared with.
func (f *field) line(ctx context.Context, only string) ([]*runner, error) {
	var runners []*runner
	for i, p := range []proxy.Proxy{proxy.Gateway(), proxy.Bare()} {
		if i > 0 && only != "" && !named(only, p.Name) {
			continue
		}
		r := &runner{name: p.Name, figures: map[string][]figure{}}
		runners = append(runners, r)
		r.program, r.addr, r.missing = f.start(ctx, p)
		if i == 0 && r.missing != nil {
			return nil, r.missing
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
	requests, err := kind.make(ctx, f)
	if err != nil {
		return figure{}, err
	}
	plan := load.Plan{Addr: r.addr, Requests: requests, Connections: s.connections}
	if err := warm(ctx, plan); err != nil {
		return figure{}, err
	}
	before, err := r.program.Usage()
	if err != nil {
		return figure{}, err
	}
	all, err := load.For(ctx, plan, s.each)
	if err != nil {
		return figure{}, err
	}
	after, err := r.program.Usage()
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
		cpu:     float64((after.CPU - before.CPU).Microseconds()) / float64(all.Requests),
		rateP50: quantile(paced, 50), rateP99: quantile(paced, 99),
	}, r.program.Forget()
}

func quantile(r load.Result, q float64) time.Duration {
	return time.Duration(r.Latency.ValueAtQuantile(q)) * time.Microsecond
}
