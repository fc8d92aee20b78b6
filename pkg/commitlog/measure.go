package commitlog

import (
	"time"

	"stockroom/pkg/telemetry"
)

// Measure shows in t how well f follows the log with this name. Call it before
// Run.
func (f *Follower) Measure(t *telemetry.Telemetry, log string) {
	lag := t.Durations("invalidation_lag_seconds", "From a commit to its being applied here.", "log", log)
	f.applied = func(ev Event) { lag(max(0, time.Since(ev.At).Seconds())) } // clocks may differ
	t.Gauge("invalidation_applied_seq", "Number of the last commit applied.",
		func() float64 { return float64(f.Applied().Seq) }, "log", log)
	t.Gauge("invalidation_pending", "Events that wait for an earlier one, or to be applied.",
		func() float64 { return float64(f.backlog()) }, "log", log)
	t.Counter("invalidation_repaired_total", "Commits read from the log because no message had told of them.",
		func() float64 { return float64(f.repaired.gap.Load()) }, "log", log, "reason", "gap")
	t.Counter("invalidation_repaired_total", "Commits read from the log because no message had told of them.",
		func() float64 { return float64(f.repaired.probe.Load()) }, "log", log, "reason", "probe")
	t.Counter("lease_expired_seconds_total", "Time for which the last proof of being up to date was older than the lease.",
		func() float64 { return f.position.expired(f.cfg.Lease).Seconds() }, "log", log)
	t.Gauge("lease_fresh", "1 while what is known of the log is up to date for certain.",
		func() float64 { return number(f.Fresh()) }, "log", log)
}

func (f *Follower) backlog() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.pending)
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
