package upstream

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// watch probes r until ctx is done.
func (r *replica) watch(ctx context.Context) error {
	defer r.prober.CloseIdleConnections()
	defer r.client.CloseIdleConnections()
	tick := time.NewTicker(r.every)
	defer tick.Stop()
	for {
		err := r.probe(ctx)
		if ctx.Err() != nil {
			return nil
		}
		r.probed(err)
		r.asked.Store(true)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (r *replica) probed(err error) {
	if err != nil {
		r.leaveOut(err)
		return
	}
	r.failures.Store(0)
	r.proven.Store(true)
	if r.ready.CompareAndSwap(false, true) {
		r.log.Info("upstream is ready")
	}
}

func (r *replica) probe(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.probeURL, http.NoBody)
	if err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	res, err := r.prober.Do(req)
	if err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	_, _ = io.CopyN(io.Discard, res.Body, maxHead) // read to its end, the connection serves again
	if err := res.Body.Close(); err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("probe: status %d", res.StatusCode)
	}
	return nil
}
