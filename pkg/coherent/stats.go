package coherent

import "sync/atomic"

// Stats counts what a [Cache] did since it was made.
type Stats struct {
	L1Hits       int64 // answers from the first level
	L2Hits       int64 // answers from the second level, one for all that waited for it
	Loads        int64 // calls of a Load
	Bypasses     int64 // reads that could not use the caches: no lease, or behind
	StaleAnswers int64 // answers that were labelled stale
	Refusals     int64 // loads not even tried, because the database was away a moment ago
	L2Errors     int64 // calls of the second level that failed or were refused by its breaker
	L1Rejected   int64 // values that the first level did not keep because a write overtook their read
	L2Rejected   int64 // and the second level
	L2Resets     int64 // times that this process had the second level forget everything
}

type counters struct {
	l1Hits, l2Hits, loads, bypasses, staleAnswers, refusals, l2Errors, l1Rejected, l2Rejected, l2Resets atomic.Int64
}

// Stats returns the counters of c.
func (c *Cache) Stats() Stats {
	return Stats{
		L1Hits:       c.count.l1Hits.Load(),
		L2Hits:       c.count.l2Hits.Load(),
		Loads:        c.count.loads.Load(),
		Bypasses:     c.count.bypasses.Load(),
		StaleAnswers: c.count.staleAnswers.Load(),
		Refusals:     c.count.refusals.Load(),
		L2Errors:     c.count.l2Errors.Load(),
		L1Rejected:   c.count.l1Rejected.Load(),
		L2Rejected:   c.count.l2Rejected.Load(),
		L2Resets:     c.count.l2Resets.Load(),
	}
}
