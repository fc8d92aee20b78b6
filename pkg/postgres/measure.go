package postgres

import (
	"github.com/jackc/pgx/v5/pgxpool"

	"stockroom/pkg/telemetry"
)

// Measure shows in t how busy pool is.
func Measure(t *telemetry.Telemetry, pool *pgxpool.Pool) {
	const conns = "Connections to PostgreSQL."
	t.Gauge("db_pool_connections", conns, func() float64 { return float64(pool.Stat().AcquiredConns()) }, "state", "busy")
	t.Gauge("db_pool_connections", conns, func() float64 { return float64(pool.Stat().IdleConns()) }, "state", "idle")
	t.Gauge("db_pool_connections_max", "Connections to PostgreSQL that there may be.",
		func() float64 { return float64(pool.Stat().MaxConns()) })
	t.Counter("db_pool_acquires_total", "Connections taken from the pool.",
		func() float64 { return float64(pool.Stat().AcquireCount()) })
	t.Counter("db_pool_waits_total", "Connections that had to be waited for.",
		func() float64 { return float64(pool.Stat().EmptyAcquireCount()) })
	t.Counter("db_pool_wait_seconds_total", "Time spent waiting for connections.",
		func() float64 { return pool.Stat().EmptyAcquireWaitTime().Seconds() })
}
