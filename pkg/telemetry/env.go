package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// FromEnv returns the telemetry of a service. The variables OTEL_* say where its
// spans go, over OTLP and HTTP, and which of them; if none names an endpoint,
// tracing is off.
func FromEnv(ctx context.Context, service string, log *slog.Logger) (*Telemetry, error) {
	if !wanted() {
		return New(log, nil), nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("export spans: %w", err)
	}
	from, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.namespace", "stockroom"), attribute.String("service.name", service)),
		resource.WithHost(), resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("describe the source of spans: %w", err)
	}
	return New(log, sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(&quiet{SpanExporter: exporter, log: log}),
		sdktrace.WithResource(from))), nil
}

func wanted() bool {
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") || os.Getenv("OTEL_TRACES_EXPORTER") == "none" {
		return false
	}
	return os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != ""
}

// quiet says once when spans cannot be sent any more. The library would write
// a line for every batch past our log.
type quiet struct {
	sdktrace.SpanExporter
	log  *slog.Logger
	away atomic.Bool
}

// ExportSpans implements [sdktrace.SpanExporter].
func (q *quiet) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := q.SpanExporter.ExportSpans(ctx, spans)
	switch {
	case err != nil && q.away.CompareAndSwap(false, true):
		q.log.WarnContext(ctx, "spans cannot be sent", "err", err)
	case err == nil && q.away.CompareAndSwap(true, false):
		q.log.InfoContext(ctx, "spans can be sent again")
	}
	return nil
}
