package natsbus

import "stockroom/pkg/telemetry"

// Measure shows in t whether b is connected.
func (b *Bus) Measure(t *telemetry.Telemetry) {
	t.Gauge("nats_connected", "1 while there is a connection to NATS.", func() float64 {
		if b.conn.IsConnected() {
			return 1
		}
		return 0
	})
}
