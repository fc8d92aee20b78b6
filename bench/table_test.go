package main

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/bench/proxy"
)

func TestTable(t *testing.T) {
	t.Parallel()

	const ms = time.Millisecond
	costs := func(all ...float64) map[string][]figure {
		var figures []figure
		for _, cost := range all {
			figures = append(figures, figure{perSecond: 1000, p50: ms, p99: 2 * ms, cpu: cost, rateP50: 3 * ms, rateP99: 4 * ms})
		}
		return map[string][]figure{"x": figures}
	}
	out := table(settings{rate: 500}, "x", []*runner{
		{name: "gateway", figures: costs(40, 60, 50)},
		{name: "other", Running: proxy.Running{Version: "1.2"}, figures: costs(20, 20, 50)},
		{name: "third", absent: errors.New("not installed: apt-get install third\nand more")},
	})
	require.Equal(t, `
| x | requests/s | p50 ms | p99 ms | p50 ms at 500/s | p99 ms at 500/s | CPU µs per request | lowest–highest | gateway's CPU |
|---|---:|---:|---:|---:|---:|---:|---:|---:|
| gateway | 1000 | 1.00 | 2.00 | 3.00 | 4.00 | 50.0 | 40.0–60.0 | 1.00 × |
| other 1.2 | 1000 | 1.00 | 2.00 | 3.00 | 4.00 | 20.0 | 20.0–50.0 | 2.00 × |
| third | not installed: apt-get install third | | | | | | | |
`, out)
}
