package profile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	late    = 30 * time.Second // that an answer may come after the time that it is about
	maxSize = 64 << 20
)

var errStatus = errors.New("unexpected status")

// Fetch asks a program that has the door of [Serve] at addr what it does for the
// next d, in whole seconds.
func Fetch(ctx context.Context, addr string, d time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, d+late)
	defer cancel()
	url := fmt.Sprintf("http://%s%s?seconds=%d", addr, path, max(1, int(d.Seconds())))
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w %d of %s", errStatus, res.StatusCode, url)
	}
	return io.ReadAll(io.LimitReader(res.Body, maxSize))
}
