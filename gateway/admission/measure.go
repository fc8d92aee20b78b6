package admission

import "stockroom/pkg/telemetry"

// Measure shows in t who waits for the service named upstream, and who was
// refused.
func (q *Queue[R]) Measure(t *telemetry.Telemetry, upstream string) {
	gauge := func(name, help string, value func() int) {
		t.Gauge(name, help, func() float64 {
			q.mu.Lock()
			defer q.mu.Unlock()
			return float64(value())
		}, "upstream", upstream)
	}
	gauge("admission_limit", "Requests that the replicas of a service get at once.", func() (sum int) {
		for _, r := range q.all() {
			sum += r.Room().size()
		}
		return sum
	})
	gauge("admission_waiting", "Requests that wait for room at a service.", func() int { return q.length })
	for _, p := range Priorities() {
		t.Counter("admission_shed_total", "Requests refused as a service had too many.",
			func() float64 { return float64(q.shed[p].Load()) }, "upstream", upstream, "priority", p.String())
	}
}
