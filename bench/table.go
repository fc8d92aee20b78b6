package main

import (
	"fmt"
	"slices"
	"strings"
)

// table returns the medians of all rounds, as Markdown. The last column is the
// median of how many times as much the gateway used in the same round.
func table(s settings, kind string, runners []*runner) string {
	var w strings.Builder
	fmt.Fprintf(&w, "\n| %s | requests/s | p50 ms | p99 ms | p50 ms at %d/s | p99 ms at %d/s | CPU µs per request | lowest–highest | gateway's CPU |\n", kind, s.rate, s.rate)
	fmt.Fprintln(&w, "|---|---:|---:|---:|---:|---:|---:|---:|---:|")
	own := each(runners[0].figures[kind], cpu)
	for _, r := range runners {
		if r.absent != nil {
			why, _, _ := strings.Cut(r.absent.Error(), "\n")
			fmt.Fprintf(&w, "| %s | %.100s | | | | | | | |\n", r.name, why)
			continue
		}
		figures := r.figures[kind]
		middle := func(of func(figure) float64) float64 { return median(each(figures, of)) }
		costs := each(figures, cpu)
		times := make([]float64, len(costs))
		for round, cost := range costs {
			times[round] = own[round] / cost
		}
		fmt.Fprintf(&w, "| %s | %.0f | %.2f | %.2f | %.2f | %.2f | %.1f | %.1f–%.1f | %.2f × |\n", strings.TrimSpace(r.name+" "+r.Version),
			middle(func(f figure) float64 { return f.perSecond }),
			middle(func(f figure) float64 { return f.p50.Seconds() * 1000 }),
			middle(func(f figure) float64 { return f.p99.Seconds() * 1000 }),
			middle(func(f figure) float64 { return f.rateP50.Seconds() * 1000 }),
			middle(func(f figure) float64 { return f.rateP99.Seconds() * 1000 }),
			median(costs), slices.Min(costs), slices.Max(costs), median(times))
	}
	return w.String()
}

func cpu(f figure) float64 { return f.cpu }

func each(figures []figure, of func(figure) float64) []float64 {
	all := make([]float64, 0, len(figures))
	for _, f := range figures {
		all = append(all, of(f))
	}
	return all
}

func median(all []float64) float64 {
	all = slices.Sorted(slices.Values(all))
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}
