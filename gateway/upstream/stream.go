package upstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"

	"stockroom/gateway/admission"
)

// maxStreams is how many answers or requests one replica is passed on piece by
// piece at once, over connections apart from those of other requests.
const maxStreams = 512

// ErrLeft is the cause with which whoever calls [Pool.Stream] cancels a request
// that is not wanted any more. No replica is to blame for that.
var ErrLeft = errors.New("the client has left")

// Stream sends req over a connection of its own and returns the answer when its
// head is there, less the headers about the connection. That ends with the body of the answer, or with the
// context of req: whoever calls it cancels that with [ErrTimeout] when nothing
// moves any more. Only what could not be sent is tried elsewhere.
func (p *Pool) Stream(req *http.Request) (*http.Response, error) {
	res, err := p.tryStream(req)
	p.failures.note(err)
	return res, err
}

func (p *Pool) tryStream(req *http.Request) (*http.Response, error) {
	var (
		tried *replica
		err   = ErrAway
	)
	for attempt := range attempts {
		r := p.queue.Look(admission.Apart, tried)
		if r == nil {
			break
		}
		if attempt > 0 {
			p.retries.Add(1)
		}
		var res *http.Response
		if res, err = r.stream(req); err == nil {
			return res, nil
		}
		if !errors.Is(err, ErrAway) {
			break
		}
		tried = r
	}
	return nil, fmt.Errorf("%s: %w", p.name, err)
}

// streamed is the part of a replica for such requests.
type streamed struct {
	transport http.RoundTripper
	under     atomic.Int32 // way
}

func newTransport() http.RoundTripper {
	return &http.Transport{
		DialContext: func(ctx context.Context, _, addr string) (net.Conn, error) {
			ctx, cancel := context.WithTimeout(ctx, dialTimeout)
			defer cancel()
			c, err := connect(ctx, addr)
			if err != nil {
				return nil, err
			}
			return &strict{Conn: c}, nil
		},
		DisableKeepAlives:      true, // so none is stale, and what comes too much harms nobody
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHead,
	}
}

func (r *replica) stream(req *http.Request) (*http.Response, error) {
	if r.streams.under.Add(1) > maxStreams {
		r.streams.under.Add(-1)
		return nil, ErrBusy
	}
	req.URL.Host = r.client.Addr
	res, err := r.streams.transport.RoundTrip(req)
	if err == nil {
		r.failures.Store(0)
		dropHops(res.Header)
		res.Body = &counted{ReadCloser: res.Body, under: &r.streams.under}
		return res, nil
	}
	r.streams.under.Add(-1)
	switch cause := context.Cause(req.Context()); {
	case errors.Is(err, errDial):
		r.leaveOut(err)
		r.doubted()
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	case errors.Is(cause, ErrTimeout):
		r.failed(err)
		return nil, ErrTimeout
	case cause != nil:
		return nil, cause
	}
	r.failed(err)
	return nil, fmt.Errorf("%w: %w", ErrBroken, err)
}

// strict fails on an answer that two programs could read differently.
type strict struct {
	net.Conn
	answer extent
	broken error
}

// Read implements [net.Conn].
func (c *strict) Read(p []byte) (int, error) {
	if c.broken != nil {
		return 0, c.broken
	}
	n, err := c.Conn.Read(p)
	used, broken := c.answer.take(p[:n])
	if broken == nil && used < n {
		broken = errMore
	}
	if broken != nil {
		c.broken = nonsense{broken}
		return 0, c.broken
	}
	return n, err
}

// counted is the body of an answer that is under way.
type counted struct {
	io.ReadCloser
	under *atomic.Int32
	done  atomic.Bool
}

// Close implements [io.Closer].
func (c *counted) Close() error {
	if c.done.CompareAndSwap(false, true) {
		c.under.Add(-1)
	}
	return c.ReadCloser.Close()
}
