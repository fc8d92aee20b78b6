package audit

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"

	"stockroom/pkg/coherent"
	"stockroom/pkg/telemetry"
)

// maxReported bounds what is remembered of what has been logged.
const maxReported = 1000

type counters map[level]*tally

type tally struct{ checked, inconsistent atomic.Int64 }

func newCounters() counters {
	return counters{firstLevel: new(tally), secondLevel: new(tally), lease: new(tally)}
}

// Measure shows in t what a has found.
func (a *Auditor) Measure(t *telemetry.Telemetry) {
	for name, n := range a.count {
		t.Counter("cache_checked_total", "What replicas hold or know, compared with the database.",
			func() float64 { return float64(n.checked.Load()) }, "level", string(name))
		t.Counter("cache_inconsistent_total", "What was wrong of that. There should never be any.",
			func() float64 { return float64(n.inconsistent.Load()) }, "level", string(name))
	}
}

// verdict counts what has been found, and logs what is wrong once.
func (a *Auditor) verdict(ctx context.Context, h holding, key coherent.Key, truth coherent.Entry, right bool) {
	a.count[h.level].checked.Add(1)
	if right {
		return
	}
	a.count[h.level].inconsistent.Add(1)
	one := fmt.Sprint(h.id(), key, h.Version, h.Digest, truth.Version)
	if a.reported[one] {
		return
	}
	if len(a.reported) >= maxReported {
		clear(a.reported)
	}
	a.reported[one] = true
	a.cfg.Log.ErrorContext(ctx, "cache is wrong",
		slog.String("replica", h.replica.Name()), slog.String("level", string(h.level)), slog.String("key", key.String()),
		slog.Int64("epoch", h.Applied.Epoch), slog.Int64("applied", h.Applied.Seq), slog.Int64("watermark", h.Watermark),
		slog.Int64("as_of", h.AsOf), slog.Int64("version", h.Version), slog.Bool("absent", h.Absent),
		slog.Int64("database_as_of", truth.AsOf), slog.Int64("database_version", truth.Version), slog.Bool("database_absent", truth.Absent))
}
