package tracing

import (
	"context"

	"go.opentelemetry.io/otel/propagation"
)

// The headers of W3C Trace Context, which HTTP and NATS have alike.
const (
	Parent = "traceparent"
	State  = "tracestate"
)

// Extract returns ctx within the trace that the two headers tell of. Headers
// that are not valid tell of none.
func Extract(ctx context.Context, parent, state string) context.Context {
	if parent == "" {
		return ctx
	}
	return propagation.TraceContext{}.Extract(ctx, headers{parent: parent, state: state})
}

// headers is a carrier to read from.
type headers struct{ parent, state string }

// Get implements [propagation.TextMapCarrier].
func (h headers) Get(key string) string {
	switch key {
	case Parent:
		return h.parent
	case State:
		return h.state
	}
	return ""
}

// Keys implements [propagation.TextMapCarrier].
func (headers) Keys() []string { return []string{Parent, State} }

// Set implements [propagation.TextMapCarrier]. Nothing is written here.
func (headers) Set(string, string) {}

// Inject calls set with each header that tells of the trace of ctx, if it has one.
func Inject(ctx context.Context, set func(header, value string)) {
	propagation.TraceContext{}.Inject(ctx, writer(set))
}

// writer is a carrier to write to.
type writer func(header, value string)

// Get implements [propagation.TextMapCarrier]. Nothing is read here.
func (writer) Get(string) string { return "" }

// Keys implements [propagation.TextMapCarrier].
func (writer) Keys() []string { return nil }

// Set implements [propagation.TextMapCarrier].
func (w writer) Set(header, value string) { w(header, value) }
