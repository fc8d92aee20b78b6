// Package tracing carries the trace of a request on to whatever is done for it.
//
// What begins a trace is a request that comes in (telemetry). From there on the
// context has it: a span begins within that of the context or not at all, so
// nothing needs a tracer of its own, and nothing is done while nobody listens.
package tracing

import (
	"context"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"
	"go.opentelemetry.io/otel/trace/noop"
)

const scope = "stockroom"

// Start begins a span within the one of ctx. If that one is not recorded, or
// belongs to another process, nothing begins. End the span in any case. What
// describes it is best added only if it IsRecording.
func Start(ctx context.Context, name string, kind trace.SpanKind) (context.Context, trace.Span) {
	span := trace.SpanFromContext(ctx)
	if !span.SpanContext().IsSampled() {
		return ctx, noop.Span{}
	}
	return span.TracerProvider().Tracer(scope).Start(ctx, name, trace.WithSpanKind(kind))
}

// Within is a provider for libraries that want one when they are set up: its
// spans begin within that of their context, by the provider of that span.
type Within struct{ embedded.TracerProvider }

var _ trace.TracerProvider = Within{}

// Tracer implements [trace.TracerProvider].
func (Within) Tracer(name string, options ...trace.TracerOption) trace.Tracer {
	return within{name: name, options: options}
}

type within struct {
	embedded.Tracer
	name    string
	options []trace.TracerOption
}

// Start implements [trace.Tracer].
func (w within) Start(ctx context.Context, name string, options ...trace.SpanStartOption) (context.Context, trace.Span) {
	span := trace.SpanFromContext(ctx)
	if !span.SpanContext().IsSampled() {
		return ctx, noop.Span{}
	}
	return span.TracerProvider().Tracer(w.name, w.options...).Start(ctx, name, options...)
}
