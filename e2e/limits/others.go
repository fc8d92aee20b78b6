package limits

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// served is what others got.
type served struct {
	took    []time.Duration // until they had what they asked for
	refused []time.Duration // until they were told that the system has too much to do
}

// String implements [fmt.Stringer].
func (s served) String() string {
	text := fmt.Sprintf("%d of them, p50 %v, p99 %v", len(s.took), percentile(s.took, 0.5), percentile(s.took, 0.99))
	if len(s.refused) > 0 {
		text += fmt.Sprintf(", and %d answered 503 after p50 %v", len(s.refused), percentile(s.refused, 0.5))
	}
	return text
}

// others asks for a product for a while, as somebody does who is in no hurry.
func (sh *shop) others(t *testing.T, during time.Duration) (all served) {
	t.Helper()

	ctx, cancel := context.WithTimeout(t.Context(), during)
	defer cancel()
	var (
		mu sync.Mutex
		wg sync.WaitGroup
	)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}, Timeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	one := request{name: "others", method: http.MethodGet, path: "/api/v1/products/" + sh.product}
	for range 8 {
		wg.Go(func() {
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for ctx.Err() == nil {
				begin := time.Now()
				status, _, err := sh.try(t, client, one)
				took := time.Since(begin)
				mu.Lock()
				switch {
				case err == nil && status == http.StatusOK:
					all.took = append(all.took, took)
				case err == nil && status == http.StatusServiceUnavailable:
					all.refused = append(all.refused, took)
				default:
					t.Errorf("status %d, error %v", status, err)
				}
				mu.Unlock()
				select {
				case <-ctx.Done():
				case <-tick.C:
				}
			}
		})
	}
	wg.Wait()
	require.NotEmpty(t, all.took)
	return all
}
