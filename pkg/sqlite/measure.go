package sqlite

import (
	"github.com/prometheus/client_golang/prometheus/collectors"

	"stockroom/pkg/telemetry"
)

// Measure shows in t how busy the connections of db are.
func (db *DB) Measure(t *telemetry.Telemetry) {
	t.Registry.MustRegister(
		collectors.NewDBStatsCollector(db.Read, "read"),
		collectors.NewDBStatsCollector(db.Write, "write"))
}
