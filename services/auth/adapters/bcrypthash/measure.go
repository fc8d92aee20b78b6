package bcrypthash

import "stockroom/pkg/telemetry"

// Measure shows in t how busy h is. Call it before the first password.
func (h *Hasher) Measure(t *telemetry.Telemetry) {
	q := h.queue
	q.waited = t.Durations("password_queue_wait_seconds", "Time that a password waited to be hashed, or was given up.")
	t.Gauge("password_queue_slots", "Passwords that may be hashed at once.", func() float64 { return float64(cap(q.slots)) })
	t.Gauge("password_queue_slots_busy", "Passwords that are being hashed.", func() float64 { return float64(len(q.slots)) })
	t.Gauge("password_queue_waiting", "Passwords that wait to be hashed.", func() float64 { return float64(q.waiting.Load()) })
	t.Gauge("password_queue_length", "Passwords that may wait to be hashed.", func() float64 { return float64(q.length) })
	t.Counter("password_queue_refused_total", "Passwords not hashed because the queue was full, or too slow.",
		func() float64 { return float64(q.refused.Load()) })
}
