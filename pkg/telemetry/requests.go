package telemetry

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"stockroom/pkg/tracing"
)

// Door is one of the two doors of a service.
type Door string

// The doors.
const (
	Public   Door = "public"
	Internal Door = "internal"
)

// Requests observes what comes in through one door.
type Requests struct {
	door     string
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
	tracer   trace.Tracer // nil: tracing is off
	begins   bool         // traces of its own
	log      *slog.Logger

	mu    sync.RWMutex
	known map[answered]prometheus.Observer // parts of duration

	lines *Buffer // of log; nil: there is no shorter way to it
}

// Requests returns what observes the requests that come in through door. Only
// the public door begins traces: the others of the system ask all the time.
func (t *Telemetry) Requests(door Door) *Requests {
	r := &Requests{
		door:     string(door),
		duration: t.duration,
		inFlight: t.inFlight.WithLabelValues(string(door)),
		begins:   door == Public,
		log:      t.Log,
		lines:    t.lines,
		known:    map[answered]prometheus.Observer{},
	}
	if t.tracing {
		r.tracer = t.Traces.Tracer("stockroom")
	}
	return r
}

// Request is one request that is being answered.
type Request struct {
	of    *Requests
	begin time.Time
	span  trace.Span // nil: not traced
}

// Begin begins to observe a request, which may have come with the two headers
// of a trace. The context is that of its trace.
func (r *Requests) Begin(ctx context.Context, parent, state string) (context.Context, Request) {
	q := Request{of: r, begin: time.Now()}
	r.inFlight.Inc()
	ctx = tracing.Extract(ctx, parent, state)
	if r.tracer != nil && (r.begins || trace.SpanContextFromContext(ctx).IsValid()) {
		ctx, q.span = r.tracer.Start(ctx, "request", trace.WithSpanKind(trace.SpanKindServer))
	}
	return ctx, q
}

// Began returns when.
func (q Request) Began() time.Time { return q.begin }

// End says how the request was answered, and returns how long that took. Route
// is the pattern, which has no values: there must be only so many.
func (q Request) End(method, route string, status int) time.Duration {
	took := time.Since(q.begin)
	q.of.inFlight.Dec()
	q.of.series(method, route, status).Observe(took.Seconds())
	if q.span != nil {
		q.finish(method, route, status)
	}
	return took
}

func (q Request) finish(method, route string, status int) {
	defer q.span.End()
	if !q.span.IsRecording() {
		return
	}
	q.span.SetName(method + " " + route)
	q.span.SetAttributes(
		attribute.String("http.request.method", method),
		attribute.String("http.route", route),
		attribute.Int("http.response.status_code", status))
	if status >= http.StatusInternalServerError {
		q.span.SetStatus(codes.Error, "")
	}
}

// answered is what a request is counted by.
type answered struct {
	method, route string
	status        int
}

// series returns where requests with this outcome are counted. To look it up by
// its labels costs more than all else that is counted about a request.
func (r *Requests) series(method, route string, status int) prometheus.Observer {
	k := answered{method, route, status}
	r.mu.RLock()
	o, ok := r.known[k]
	r.mu.RUnlock()
	if ok {
		return o
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	o = r.duration.WithLabelValues(r.door, method, route, strconv.Itoa(status))
	r.known[k] = o
	return o
}
