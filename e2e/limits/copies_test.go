package limits

import (
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
)

// Many copies of any request at once raise the memory of all processes together
// by at most 64 KiB and ten times the larger of their bodies each.
func TestCopies(t *testing.T) {
	s := stack.Processes(t, stack.Options{})
	sh := open(t, s)
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: *copies, MaxIdleConnsPerHost: *copies, DisableCompression: true, IdleConnTimeout: 30 * time.Second}}
	t.Cleanup(client.CloseIdleConnections)
	for _, r := range sh.requests(t) {
		t.Run(r.name, func(t *testing.T) {
			sh.send(t, client, r, 1) // so that what is cached is
			cpu, before, told := s.CPU(t), now(t, s), refusals(t, s)
			a := sh.send(t, client, r, *copies)
			grown, used := most(t, s).growth(before), s.CPU(t)-cpu
			each := grown.sum() / int64(*copies)
			bound := int64(64<<10) + 10*max(int64(len(r.body)), a.largest)
			t.Logf("%s: %v, body %d, answer %d: %d KiB each of at most %d (%v), CPU %.2f ms each, p50 %v, p99 %v",
				r.name, a.statuses, len(r.body), a.largest, each>>10, bound>>10, grown, used.Seconds()*1000/float64(*copies),
				percentile(a.took, 0.5), percentile(a.took, 0.99))
			if a.statuses[http.StatusServiceUnavailable] > 0 {
				t.Logf("%s: the gateway has refused: %v", r.name, refusals(t, s).since(told))
			}
			require.LessOrEqual(t, grown.sum(), warmth()+bound*int64(*copies))
		})
	}
}

// answers is what came back.
type answers struct {
	statuses map[int]int
	largest  int64
	took     []time.Duration
}

// send sends n copies of r at once, each over a connection of its own.
func (sh *shop) send(t *testing.T, client *http.Client, r request, n int) answers {
	t.Helper()

	var (
		mu    sync.Mutex
		begin = make(chan struct{})
		all   = answers{statuses: map[int]int{}}
		wg    sync.WaitGroup
		fault error
	)
	for range n {
		wg.Go(func() {
			<-begin
			start := time.Now()
			status, size, err := sh.try(t, client, r)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				fault = err
			}
			all.statuses[status]++
			all.largest = max(all.largest, size)
			all.took = append(all.took, time.Since(start))
		})
	}
	close(begin)
	wg.Wait()
	require.NoError(t, fault)
	require.NotEmpty(t, all.took)
	for status := range all.statuses {
		require.Contains(t, slices.Concat([]int{http.StatusServiceUnavailable, http.StatusGatewayTimeout}, r.want), status)
	}
	return all
}
