package load_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"stockroom/e2e/stack"
)

// clients is how many connections ask at once, for each processor.
const clients = 4

// prepare makes a request ready to be sent, and says which status is right.
type prepare func(req *fasthttp.Request) (want int)

// load sends b.N requests over keep-alive connections, each client its next one
// as soon as the last is answered.
func load(b *testing.B, s *stack.System, next prepare) {
	b.Helper()

	var (
		mu  sync.Mutex
		all []time.Duration
	)
	client := &fasthttp.Client{MaxConnsPerHost: 1024, ReadTimeout: time.Minute, WriteTimeout: time.Minute}
	defer client.CloseIdleConnections()
	b.SetParallelism(clients)
	cpu := s.CPU(b)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		req, res := new(fasthttp.Request), new(fasthttp.Response)
		var own []time.Duration
		for pb.Next() {
			want := next(req)
			begin := time.Now()
			err := client.Do(req, res)
			own = append(own, time.Since(begin))
			if err != nil || res.StatusCode() != want {
				b.Errorf("%s %s: status %d, error %v: %.300s", req.Header.Method(), req.URI().Path(), res.StatusCode(), err, res.Body())
				return
			}
		}
		mu.Lock()
		defer mu.Unlock()
		all = append(all, own...)
	})
	b.StopTimer()
	report(b, all, s.CPU(b)-cpu)
}

func report(b *testing.B, took []time.Duration, cpu time.Duration) {
	b.Helper()

	require.NotEmpty(b, took)
	slices.Sort(took)
	at := func(share float64) float64 {
		return took[int(share*float64(len(took)-1))].Seconds() * 1000
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
	b.ReportMetric(at(0.50), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
	b.ReportMetric(float64(cpu.Microseconds())/float64(b.N), "cpu-µs/op")
	b.ReportMetric(0, "ns/op") // says the same as req/s
}
