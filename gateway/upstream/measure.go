package upstream

import "stockroom/pkg/telemetry"

// Measure shows in t how the replicas of p are.
func (p *Pool) Measure(t *telemetry.Telemetry) {
	gauge := func(name, help string, of func(r *replica) int) {
		t.Gauge(name, help, func() float64 {
			sum := 0
			for _, r := range p.replicas.all() {
				sum += of(r)
			}
			return float64(sum)
		}, "upstream", p.name)
	}
	gauge("upstream_replicas", "Replicas of a service that are known.", func(*replica) int { return 1 })
	gauge("upstream_replicas_ready", "Replicas of a service that answer.", func(r *replica) int {
		if r.ready.Load() {
			return 1
		}
		return 0
	})
	gauge("upstream_requests_pending", "Requests that a service is answering.", (*replica).pending)
	gauge("upstream_streams", "Those of them that are passed on piece by piece.", func(r *replica) int { return int(r.streams.under.Load()) })
	p.queue.Measure(t, p.name)
	t.Counter("upstream_retries_total", "Requests sent again, to another replica.",
		func() float64 { return float64(p.retries.Load()) }, "upstream", p.name)
	for reason, n := range p.failures.byReason() {
		t.Counter("upstream_failures_total", "Requests that no replica has answered.",
			func() float64 { return float64(n.Load()) }, "upstream", p.name, "reason", reason)
	}
}
