package telemetry

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// NewLogger returns a logger that writes one JSON object per line to w, with
// UTC times. level is debug, info, warn or error in any letter case; an empty
// level is info. If w is a [Buffer], warnings and errors do not wait in it.
func NewLogger(w io.Writer, level string) (*slog.Logger, error) {
	least := slog.LevelInfo
	if level != "" {
		if err := least.UnmarshalText([]byte(level)); err != nil {
			return nil, fmt.Errorf("log level %q is none of debug, info, warn, error", level)
		}
	}
	buffer, _ := w.(*Buffer)
	return slog.New(lines{slog.NewJSONHandler(w, &slog.HandlerOptions{Level: least}), buffer, true}), nil
}

// lines keeps the lines of machines in different time zones comparable as text,
// and sends on at once what somebody may be looking for.
type lines struct {
	slog.Handler
	buffer *Buffer // nil: none
	bare   bool    // each line holds nothing but what it was made with
}

// Handle implements [slog.Handler].
func (h lines) Handle(ctx context.Context, r slog.Record) error {
	r.Time = r.Time.UTC().Truncate(time.Microsecond)
	if err := h.Handler.Handle(ctx, r); err != nil || h.buffer == nil || r.Level < slog.LevelWarn {
		return err
	}
	return h.buffer.Flush()
}

// WithAttrs implements [slog.Handler].
func (h lines) WithAttrs(attrs []slog.Attr) slog.Handler {
	return lines{h.Handler.WithAttrs(attrs), h.buffer, false}
}

// WithGroup implements [slog.Handler].
func (h lines) WithGroup(name string) slog.Handler {
	return lines{h.Handler.WithGroup(name), h.buffer, false}
}

// requestContext is the context of a request.
type requestContext struct {
	context.Context
	id string
}

type requestKey struct{}

// Value implements [context.Context].
func (c *requestContext) Value(key any) any {
	if key == (requestKey{}) {
		return c
	}
	return c.Context.Value(key)
}

// WithRequestID returns ctx as that of the request with id.
func WithRequestID(ctx context.Context, id string) context.Context {
	return &requestContext{ctx, id}
}

// RequestID returns the id of the request that ctx belongs to, or "".
func RequestID(ctx context.Context) string {
	if c, ok := ctx.Value(requestKey{}).(*requestContext); ok {
		return c.id
	}
	return ""
}

// contextual adds to each line which request and which span it belongs to.
type contextual struct{ slog.Handler }

// Handle implements [slog.Handler].
func (h contextual) Handle(ctx context.Context, r slog.Record) error {
	if id := RequestID(ctx); id != "" {
		r.AddAttrs(slog.String("request_id", id))
	}
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		r.AddAttrs(slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String()))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements [slog.Handler].
func (h contextual) WithAttrs(attrs []slog.Attr) slog.Handler {
	return contextual{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements [slog.Handler].
func (h contextual) WithGroup(name string) slog.Handler {
	return contextual{h.Handler.WithGroup(name)}
}
