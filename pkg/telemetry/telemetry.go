// Package telemetry is what a program says about itself: its structured log,
// its metrics and its traces. Nothing of it is global: several services in one
// process have one each.
package telemetry

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Telemetry is the voice of one service.
type Telemetry struct {
	// Log adds to lines that have the context of a request its request_id,
	// trace_id and span_id.
	Log *slog.Logger

	// Registry is what GET /metrics shows.
	Registry *prometheus.Registry

	// Traces begins traces. It does nothing if tracing is off.
	Traces trace.TracerProvider

	lines    *Buffer // of Log, where a line may go as it is
	flush    func(context.Context) error
	tracing  bool
	duration *prometheus.HistogramVec
	inFlight *prometheus.GaugeVec
}

// New returns the telemetry of a service that logs to log. Its spans go to
// spans; nil turns tracing off, and traces that others have begun are only
// passed on.
func New(log *slog.Logger, spans *sdktrace.TracerProvider) *Telemetry {
	t := &Telemetry{
		Log:      slog.New(contextual{log.Handler()}),
		Registry: prometheus.NewRegistry(),
		Traces:   noop.NewTracerProvider(),
		flush:    func(context.Context) error { return nil },
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_request_duration_seconds", Help: "Time to answer a request.", Buckets: durations,
		}, []string{"door", "method", "route", "code"}),
		inFlight: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "http_requests_in_flight", Help: "Requests that are being answered.",
		}, []string{"door"}),
	}
	if l, ok := log.Handler().(lines); ok && l.bare {
		t.lines = l.buffer
	}
	if spans != nil {
		t.Traces, t.flush, t.tracing = spans, spans.Shutdown, true
	}
	t.Registry.MustRegister(
		t.duration, t.inFlight,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewBuildInfoCollector(),
	)
	return t
}

// Discard returns telemetry that nobody listens to.
func Discard() *Telemetry { return New(slog.New(slog.DiscardHandler), nil) }

const flushTime = 3 * time.Second

// Close sends the spans that were not sent yet, if that is possible within
// three seconds. Nothing may be traced afterwards.
func (t *Telemetry) Close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTime)
	defer cancel()
	if err := t.flush(ctx); err != nil {
		t.Log.WarnContext(ctx, "spans lost", "err", err)
	}
}
