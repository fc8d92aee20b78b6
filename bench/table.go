package main

import (
	"fmt"
	"io"
	"slices"
)

// table prints the medians of all rounds, as Markdown.
func table(w io.Writer, s settings, kind string, runners []*runner) {
	fmt.Fprintf(w, "\n| %s | requests/s | p50 ms | p99 ms | at %d/s: p50 ms | p99 ms | CPU µs per request | lowest–highest | gateway's CPU |\n", kind, s.rate)
	fmt.Fprintln(w, "|---|---:|---:|---:|---:|---:|---:|---:|---:|")
	own := medianOf(runners[0].figures[kind], cpu)
	for _, r := range runners {
		if r.missing != nil {
			fmt.Fprintf(w, "| %s | %s | | | | | | | |\n", r.name, r.missing)
			continue
		}
		all := r.figures[kind]
		median := func(of func(figure) float64) float64 { return medianOf(all, of) }
		costs := sorted(all, cpu)
		fmt.Fprintf(w, "| %s | %.0f | %.2f | %.2f | %.2f | %.2f | %.1f | %.1f–%.1f | %.2f × |\n", r.name,
			median(func(f figure) float64 { return f.perSecond }),
			median(func(f figure) float64 { return f.p50.Seconds() * 1000 }),
			median(func(f figure) float64 { return f.p99.Seconds() * 1000 }),
			median(func(f figure) float64 { return f.rateP50.Seconds() * 1000 }),
			median(func(f figure) float64 { return f.rateP99.Seconds() * 1000 }),
			median(cpu), costs[0], costs[len(costs)-1], own/median(cpu))
	}
}

func cpu(f figure) float64 { return f.cpu }

func sorted(figures []figure, of func(figure) float64) []float64 {
	all := make([]float64, 0, len(figures))
	for _, f := range figures {
		all = append(all, of(f))
	}
	slices.Sort(all)
	return all
}

func medianOf(figures []figure, of func(figure) float64) float64 {
	all := sorted(figures, of)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}
