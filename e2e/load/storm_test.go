package load_test

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"stockroom/e2e/stack"
)

const (
	stormClients = 64
	readRate     = 500 // a second, which leaves most of the processors to the storm
	stormTime    = 15 * time.Second
)

// BenchmarkLoginStorm reads cached products at a fixed rate, first alone and
// then while 64 clients sign in without pause, in both forms. It takes the same
// time whatever -benchtime says.
func BenchmarkLoginStorm(b *testing.B) {
	for name, form := range map[string]func(testing.TB, stack.Options) *stack.System{"OneProcess": stack.Child, "SeparateProcesses": stack.Processes} {
		b.Run(name, func(b *testing.B) {
			shop := openShop(b, form(b, stack.Options{PasswordCost: productionCost}))
			for b.Loop() {
				storm(b, shop)
			}
		})
	}
}

func storm(b *testing.B, sh *shop) {
	b.Helper()

	readAtRate(b, sh, time.Second) // fills the caches
	report99(b, "idle", readAtRate(b, sh, stormTime))

	var signedIn, refused atomic.Int64
	var stop atomic.Bool
	var wg sync.WaitGroup
	client := &fasthttp.Client{MaxConnsPerHost: 2 * stormClients, ReadTimeout: time.Minute}
	defer client.CloseIdleConnections()
	for range stormClients {
		wg.Go(func() {
			req, res := new(fasthttp.Request), new(fasthttp.Response)
			for !stop.Load() {
				sh.login(req)
				err := client.Do(req, res)
				switch {
				case err == nil && res.StatusCode() == fasthttp.StatusOK:
					signedIn.Add(1)
				case err == nil && res.StatusCode() == fasthttp.StatusServiceUnavailable:
					refused.Add(1)
				default:
					b.Errorf("sign in: status %d, error %v", res.StatusCode(), err)
					return
				}
			}
		})
	}
	readAtRate(b, sh, 2*time.Second) // until the queue is full
	before := signedIn.Load()
	took := readAtRate(b, sh, stormTime)
	b.ReportMetric(float64(signedIn.Load()-before)/stormTime.Seconds(), "logins/s")
	report99(b, "storm", took)
	stop.Store(true)
	wg.Wait()
	b.ReportMetric(float64(refused.Load()), "refused")
	b.ReportMetric(0, "ns/op")
}

// readAtRate reads cached details for a while, and returns how long each took
// from the moment when it was due.
func readAtRate(b *testing.B, sh *shop, d time.Duration) []time.Duration {
	b.Helper()

	const pause = time.Second / readRate
	var (
		mu   sync.Mutex
		took []time.Duration
		wg   sync.WaitGroup
		turn atomic.Int64
	)
	client := &fasthttp.Client{MaxConnsPerHost: 1024, ReadTimeout: time.Minute}
	defer client.CloseIdleConnections()
	begin := time.Now()
	for range 32 { // more than are ever under way
		wg.Go(func() {
			req, res := new(fasthttp.Request), new(fasthttp.Response)
			for {
				due := begin.Add(time.Duration(turn.Add(1)) * pause)
				if due.Sub(begin) > d {
					return
				}
				time.Sleep(time.Until(due))
				want := sh.detail(req)
				if err := client.Do(req, res); err != nil || res.StatusCode() != want {
					b.Errorf("read: status %d, error %v", res.StatusCode(), err)
					return
				}
				mu.Lock()
				took = append(took, time.Since(due))
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return took
}

func report99(b *testing.B, when string, took []time.Duration) {
	b.Helper()

	slices.Sort(took)
	for _, p := range []int{50, 99} {
		b.ReportMetric(took[(len(took)-1)*p/100].Seconds()*1000, fmt.Sprintf("%s-p%d-ms", when, p))
	}
}
