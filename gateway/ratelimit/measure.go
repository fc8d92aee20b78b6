package ratelimit

import "stockroom/pkg/telemetry"

// Measure shows in t how often the limit was reached.
func (l *Limiter[K]) Measure(t *telemetry.Telemetry) {
	t.Counter("rate_limited_total", "Requests refused as there were too many.",
		func() float64 { return float64(l.refused.Load()) }, "policy", l.policy.Name)
	t.Counter("rate_limit_sharing_failures_total", "Times that gateways could not count together.",
		func() float64 { return float64(l.failed.Load()) }, "policy", l.policy.Name)
}
