package redisl2

import (
	"github.com/sony/gobreaker/v2"

	"stockroom/pkg/telemetry"
)

// Measure shows in t how s gets along with Redis.
func (s *Store) Measure(t *telemetry.Telemetry) {
	const conns = "Connections to Redis."
	t.Gauge("redis_pool_connections", conns, func() float64 { return float64(s.redis.PoolStats().IdleConns) }, "state", "idle")
	t.Gauge("redis_pool_connections", conns, func() float64 {
		stats := s.redis.PoolStats()
		return float64(stats.TotalConns) - float64(stats.IdleConns)
	}, "state", "busy")
	t.Gauge("redis_pool_connections_max", "Connections to Redis that there may be.",
		func() float64 { return float64(s.redis.Options().PoolSize) })
	t.Counter("redis_pool_timeouts_total", "Calls that got no connection in time.",
		func() float64 { return float64(s.redis.PoolStats().Timeouts) })
	t.Gauge("redis_available", "0 while calls fail at once because Redis was away a moment ago.", func() float64 {
		if s.breaker.State() == gobreaker.StateOpen {
			return 0
		}
		return 1
	})
}
