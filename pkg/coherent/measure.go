package coherent

import "stockroom/pkg/telemetry"

// Measure shows in t what c does.
func (c *Cache) Measure(t *telemetry.Telemetry) {
	count := func(name, help string, of func(Stats) int64, labels ...string) {
		t.Counter(name, help, func() float64 { return float64(of(c.Stats())) }, labels...)
	}
	const hits = "Answers from a level of the cache."
	count("cache_hits_total", hits, func(s Stats) int64 { return s.L1Hits }, "level", "l1")
	count("cache_hits_total", hits, func(s Stats) int64 { return s.L2Hits }, "level", "l2")
	count("cache_loads_total", "Reads of the database.", func(s Stats) int64 { return s.Loads })
	count("cache_bypasses_total", "Reads that could not use the caches: no lease, or behind.", func(s Stats) int64 { return s.Bypasses })
	count("cache_stale_answers_total", "Answers labelled stale, as the database gave none.", func(s Stats) int64 { return s.StaleAnswers })
	count("cache_refused_loads_total", "Reads of the database not tried, as it was away a moment ago.", func(s Stats) int64 { return s.Refusals })
	const rejected = "Values that a level did not keep because a write overtook their read."
	count("fill_rejected_total", rejected, func(s Stats) int64 { return s.L1Rejected }, "level", "l1")
	count("fill_rejected_total", rejected, func(s Stats) int64 { return s.L2Rejected }, "level", "l2")
	count("l2_reset_total", "Times that this process had the second level forget everything.", func(s Stats) int64 { return s.L2Resets })
	count("l2_errors_total", "Calls of the second level that failed or were not tried.", func(s Stats) int64 { return s.L2Errors })
	t.Gauge("cache_load_slots_busy", "Reads of the database under way.", func() float64 { return float64(len(c.slots)) })
	t.Gauge("cache_load_slots", "Reads of the database that may be under way at once.", func() float64 { return float64(cap(c.slots)) })
}
