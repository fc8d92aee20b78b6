// Package peer makes HTTP clients for the doors of other services, whose
// replicas come and go.
package peer

import (
	"errors"
	"net"
	"net/http"
	"time"

	"stockroom/pkg/tracing"
)

const (
	maxIdle  = 16
	idleTime = 15 * time.Second // long before the other side closes them
	attempts = 3
)

// NewClient returns a client whose requests take up to timeout, all attempts
// together. It follows no redirects and knows no proxies, as what it carries is
// for nobody else.
//
// A request that may be sent twice is sent again when its connection breaks:
// GET, HEAD, and those that [Repeatable] has marked.
func NewClient(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout: timeout,
		Transport: tracing.Transport(&transport{&http.Transport{
			DialContext:         new(Dialer).DialContext,
			MaxIdleConnsPerHost: maxIdle,
			IdleConnTimeout:     idleTime,
		}}),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

const marker = "Idempotency-Key"

// Repeatable says that req does no harm when it arrives twice. Set but empty,
// this header is not sent; it is what net/http itself looks at, too.
func Repeatable(req *http.Request) { req.Header[marker] = []string{} }

func repeatable(req *http.Request) bool {
	_, marked := req.Header[marker]
	harmless := marked || req.Method == http.MethodGet || req.Method == http.MethodHead
	return harmless && (req.Body == nil || req.Body == http.NoBody || req.GetBody != nil)
}

// transport goes further than the one below it, which sends again only what a
// connection took that had been used before. One that was just opened is lost,
// too, when the other side stops before it has accepted it.
type transport struct{ *http.Transport }

// RoundTrip implements [http.RoundTripper].
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := t.Transport.RoundTrip(req)
	for attempt := 1; attempt < attempts && broke(err) && req.Context().Err() == nil && repeatable(req); attempt++ {
		again := req.Clone(req.Context())
		if req.GetBody != nil {
			body, failed := req.GetBody()
			if failed != nil {
				return nil, errors.Join(err, failed)
			}
			again.Body = body
		}
		res, err = t.Transport.RoundTrip(again)
	}
	return res, err
}

// broke reports whether a connection failed. One that is only slow is not
// tried again: that would make it slower.
func broke(err error) bool {
	var slow net.Error
	return err != nil && (!errors.As(err, &slow) || !slow.Timeout())
}
