package coherent_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/redisl2"
	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/commitlogtest"
	"stockroom/pkg/commitlog/natsbus"
	"stockroom/pkg/commitlog/pglog"
	"stockroom/pkg/testkit"
)

// BenchmarkPropagation is the time from a commit until all of three replicas
// have applied it, in memory and in their Redis, of which two share one. All
// are in this process; PostgreSQL, Redis and NATS are real.
func BenchmarkPropagation(b *testing.B) {
	pool, bus := testkit.Postgres(b, commitlogtest.PostgresMigrations), testkit.NATS(b)
	shared, own := testkit.Redis(b), testkit.Redis(b)
	var logs []*pglog.Log
	var followers []*commitlog.Follower
	var caches []*coherent.Cache
	for _, redis := range []string{shared, shared, own} {
		log := pglog.New(pool)
		b.Cleanup(log.Close)
		f, c := follow(b, log, redis, bus)
		followers, caches, logs = append(followers, f), append(caches, c), append(logs, log)
	}
	var committed time.Time
	logs[0].OnCommit(func(ctx context.Context, ev commitlog.Event) {
		committed = time.Now()
		followers[0].Committed(ctx, ev)
	})

	var took []time.Duration
	for b.Loop() {
		applied := make([]time.Time, len(followers))
		next := followers[0].Applied().Seq + 1
		var wg sync.WaitGroup
		for i, f := range followers {
			wg.Go(func() {
				f.Wait(b.Context(), next)
				applied[i] = time.Now()
			})
		}
		_, err := logs[0].Write(b.Context(), func(context.Context, pgx.Tx, int64) (commitlog.Entry, error) {
			return commitlog.Entry{IDs: []string{"0190d7f4-2c1e-7000-8000-00000000000a"}, Lists: true, Kind: "changed"}, nil
		})
		require.NoError(b, err)
		wg.Wait()
		took = append(took, slices.MaxFunc(applied, time.Time.Compare).Sub(committed))
	}
	slices.Sort(took)
	at := func(share float64) float64 { return took[int(share*float64(len(took)-1))].Seconds() * 1000 }
	b.ReportMetric(at(0.50), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
	b.ReportMetric(took[len(took)-1].Seconds()*1000, "max-ms")
	var failed int64 // calls of Redis, which make it look faster than it is
	for _, c := range caches {
		failed += c.Stats().L2Errors
	}
	b.ReportMetric(float64(failed)/float64(b.N), "failed/op")
}

// follow starts a replica that keeps a cache in step with log, and waits until
// it uses both of its levels.
func follow(b *testing.B, log *pglog.Log, redis, nats string) (*commitlog.Follower, *coherent.Cache) {
	b.Helper()
	store, err := redisl2.New(redisl2.Config{URL: redis, Name: "bench", Timeout: time.Second}) // with patience: nothing is to be left out
	require.NoError(b, err)
	bus, err := natsbus.Connect(nats, "bench", nil)
	require.NoError(b, err)
	cache := coherent.New(coherent.Config{Name: "bench", Store: store})
	f := commitlog.NewFollower(commitlog.Config{Source: log, Sink: cache, Bus: bus, Subject: "log"})
	cache.Follow(f)
	ctx, stop := context.WithCancel(context.WithoutCancel(b.Context()))
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	b.Cleanup(func() {
		stop()
		require.NoError(b, <-done)
		cache.Close()
		bus.Close()
		require.NoError(b, store.Close())
	})
	require.Eventually(b, f.Fresh, time.Minute, time.Millisecond)
	return f, cache
}
