// Package load sends requests over keep-alive connections, and takes the time
// until each is answered.
package load

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/valyala/fasthttp"
	"golang.org/x/sync/errgroup"
)

// Plan says what is sent, and where to.
type Plan struct {
	Addr        string
	Requests    [][]byte // each connection sends them in turn, as they are
	Connections int
	Kept        *Connections // from the run before, to one and the same address; nil: none
}

// Result is what became of it. Every request was answered by 200.
type Result struct {
	Requests int64
	Took     time.Duration           // all of them together
	Latency  *hdrhistogram.Histogram // of each, in microseconds
}

// Add makes r the result of both.
func (r *Result) Add(other Result) {
	if r.Latency == nil {
		*r = other
		return
	}
	r.Requests += other.Requests
	r.Took += other.Took
	r.Latency.Merge(other.Latency)
}

const (
	longest = 30 * time.Second // that a request may take
	digits  = 3                // of a latency that count
	maxBody = 1 << 20
)

// pace decides when the next request of a connection is due.
type pace interface {
	// next returns when request n is due, zero if at once, and whether there is
	// to be one.
	next(n int64) (due time.Time, more bool)
}

// run has every connection send requests as its pace says.
func run(ctx context.Context, plan Plan, paceOf func(connection int) pace) (Result, error) {
	parts := make([]*hdrhistogram.Histogram, plan.Connections)
	began := time.Now()
	g, ctx := errgroup.WithContext(ctx)
	for i := range plan.Connections {
		parts[i] = hdrhistogram.New(1, longest.Microseconds(), digits)
		g.Go(func() error { return connection(ctx, plan, i, paceOf(i), parts[i]) })
	}
	if err := g.Wait(); err != nil {
		return Result{}, fmt.Errorf("load %s: %w", plan.Addr, err)
	}
	result := Result{Took: time.Since(began), Latency: hdrhistogram.New(1, longest.Microseconds(), digits)}
	for _, part := range parts {
		result.Latency.Merge(part)
	}
	result.Requests = result.Latency.TotalCount()
	return result, nil
}

var errStatus = errors.New("unexpected status")

// connection sends the requests of one connection, beginning with another one
// than the connections before it.
func connection(ctx context.Context, plan Plan, first int, p pace, latency *hdrhistogram.Histogram) error {
	kept := plan.Kept
	if kept == nil {
		kept = new(Connections)
		defer kept.Close()
	}
	conn, err := kept.open(ctx, plan.Addr)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // ends what waits
	err = send(ctx, plan, first, p, latency, conn)
	if !stop() || err != nil {
		_ = conn.Close() // nothing is lost
		return err
	}
	kept.keep(conn)
	return nil
}

func send(ctx context.Context, plan Plan, first int, p pace, latency *hdrhistogram.Histogram, conn net.Conn) error {
	in, answer := bufio.NewReader(conn), new(fasthttp.Response)

	var idle time.Time // since when
	for n := int64(0); ; n++ {
		due, more := p.next(n)
		if !more || ctx.Err() != nil {
			return ctx.Err()
		}
		time.Sleep(time.Until(due))
		begin := time.Now()
		if !due.IsZero() && due.Before(idle) {
			begin = due // it had to wait for the answer before it, which counts
		}
		if err := conn.SetDeadline(time.Now().Add(longest)); err != nil {
			return err
		}
		if _, err := conn.Write(plan.Requests[(first+int(n))%len(plan.Requests)]); err != nil {
			return err
		}
		if err := answer.ReadLimitBody(in, maxBody); err != nil {
			return err
		}
		if answer.StatusCode() != fasthttp.StatusOK {
			return fmt.Errorf("%w %d: %.300s", errStatus, answer.StatusCode(), answer.Body())
		}
		idle = time.Now()
		if err := latency.RecordValue(max(1, idle.Sub(begin).Microseconds())); err != nil {
			return err
		}
	}
}
