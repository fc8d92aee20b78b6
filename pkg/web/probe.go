package web

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

const probeTime = 3 * time.Second

// Probe asks a program on this machine, one of whose doors is configured as
// addr, for path, and fails unless the answer is 200.
func Probe(ctx context.Context, addr, path string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	if host == "" || net.ParseIP(host).IsUnspecified() {
		host = "127.0.0.1" // the door is open everywhere
	}
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+path, http.NoBody)
	if err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("probe: %w", err)
	}
	defer res.Body.Close() //nolint:errcheck // what was wanted of it was read
	if res.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(res.Body, 1000)) // as much as there is
		return fmt.Errorf("probe: %s answers %s: %s", path, res.Status, said)
	}
	return nil
}
