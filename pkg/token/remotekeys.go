package token

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// remoteKeys asks auth for the signing keys, as often as auth wants it: it knows
// how long a new one is published before it signs.
type remoteKeys struct {
	client *http.Client
	url    string
	maxAge atomic.Int64 // seconds, as the last answer said; zero: it did not
}

func (r *remoteKeys) JWKS(ctx context.Context) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return nil, err
	}
	body, header, err := do(r.client, req)
	if err == nil {
		r.maxAge.Store(maxAge(header.Get("Cache-Control")))
	}
	return body, err
}

// every returns how long to wait before asking again: a second at least, and no
// longer than when nobody says anything.
func (r *remoteKeys) every() time.Duration {
	seconds := r.maxAge.Load()
	if seconds <= 0 || seconds > int64(pollEvery/time.Second) {
		return pollEvery
	}
	return time.Duration(seconds) * time.Second
}

func maxAge(cacheControl string) int64 {
	for directive := range strings.SplitSeq(cacheControl, ",") {
		if value, ok := strings.CutPrefix(strings.TrimSpace(directive), "max-age="); ok {
			seconds, _ := strconv.ParseInt(value, 10, 64) // zero if it is none
			return seconds
		}
	}
	return 0
}
