package telemetry_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"stockroom/pkg/telemetry"
)

const (
	traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
	parent  = "00-" + traceID + "-00f067aa0ba902b7-01"
)

// recording returns telemetry and the spans that it ends.
func recording(t *testing.T) (*telemetry.Telemetry, *tracetest.InMemoryExporter) {
	t.Helper()

	spans := tracetest.NewInMemoryExporter()
	return telemetry.New(slog.New(slog.DiscardHandler), sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))), spans
}

func TestRequestsAreMeasuredByRoute(t *testing.T) {
	t.Parallel()

	tel := telemetry.Discard()
	for door, n := range map[telemetry.Door]int{telemetry.Public: 2, telemetry.Internal: 1} {
		requests := tel.Requests(door)
		for range n {
			_, q := requests.Begin(t.Context(), "", "")
			q.End("GET", "/products/:id", 418)
		}
	}
	_, open := tel.Requests(telemetry.Public).Begin(t.Context(), "", "")

	require.NoError(t, testutil.GatherAndCompare(tel.Registry, strings.NewReader(`
		# HELP http_requests_in_flight Requests that are being answered.
		# TYPE http_requests_in_flight gauge
		http_requests_in_flight{door="internal"} 0
		http_requests_in_flight{door="public"} 1
	`), "http_requests_in_flight"))
	open.End("GET", "none", 404)
	families, err := tel.Registry.Gather()
	require.NoError(t, err)
	counts := map[string]uint64{}
	for _, f := range families {
		if f.GetName() != "http_request_duration_seconds" {
			continue
		}
		for _, m := range f.GetMetric() {
			key := ""
			for _, l := range m.GetLabel() {
				key += l.GetName() + "=" + l.GetValue() + " "
			}
			counts[key] = m.GetHistogram().GetSampleCount()
		}
	}
	require.Equal(t, map[string]uint64{
		"code=418 door=public method=GET route=/products/:id ":   2,
		"code=418 door=internal method=GET route=/products/:id ": 1,
		"code=404 door=public method=GET route=none ":            1,
	}, counts)
}

func TestSpansContinueTheTrace(t *testing.T) {
	t.Parallel()

	tel, spans := recording(t)
	ctx, q := tel.Requests(telemetry.Public).Begin(t.Context(), parent, "a=1")
	require.Equal(t, traceID, trace.SpanContextFromContext(ctx).TraceID().String())
	require.Equal(t, "a=1", trace.SpanContextFromContext(ctx).TraceState().String())
	q.End("PUT", "/products/:id", 503)

	require.Len(t, spans.GetSpans(), 1)
	span := spans.GetSpans()[0]
	require.Equal(t, "PUT /products/:id", span.Name)
	require.Equal(t, "00f067aa0ba902b7", span.Parent.SpanID().String())
	require.Equal(t, trace.SpanKindServer, span.SpanKind)
}

func TestWhoBeginsTraces(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		door   telemetry.Door
		parent string
		traced bool
	}{
		"Public":          {telemetry.Public, "", true},
		"PublicInvalid":   {telemetry.Public, "00-" + traceID + "-0000000000000000-01", true},
		"PublicNonsense":  {telemetry.Public, "\" }", true},
		"PublicUnsampled": {telemetry.Public, strings.TrimSuffix(parent, "1") + "0", false},
		"Internal":        {telemetry.Internal, "", false},
		"InternalInvalid": {telemetry.Internal, "00-xyz", false},
		"InternalOfTrace": {telemetry.Internal, parent, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			tel, spans := recording(t)
			_, q := tel.Requests(tt.door).Begin(t.Context(), tt.parent, "")
			q.End("GET", "/", 200)
			require.Equal(t, tt.traced, len(spans.GetSpans()) == 1)
		})
	}
}

func TestTraceIsPassedOnWhenTracingIsOff(t *testing.T) {
	t.Parallel()

	ctx, q := telemetry.Discard().Requests(telemetry.Public).Begin(t.Context(), parent, "")
	defer q.End("GET", "/", 200)
	require.Equal(t, traceID, trace.SpanContextFromContext(ctx).TraceID().String())
}

func TestLinesTellTheirRequestAndSpan(t *testing.T) {
	t.Parallel()

	var out bytes.Buffer
	spans := sdktrace.NewTracerProvider()
	tel := telemetry.New(slog.New(slog.NewJSONHandler(&out, nil)), spans)
	ctx, q := tel.Requests(telemetry.Public).Begin(telemetry.WithRequestID(t.Context(), "r-1"), parent, "")
	defer q.End("GET", "/", 200)
	tel.Log.With("a", 1).InfoContext(ctx, "hello")

	var line map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	require.Equal(t, "r-1", line["request_id"])
	require.Equal(t, traceID, line["trace_id"])
	require.Equal(t, trace.SpanContextFromContext(ctx).SpanID().String(), line["span_id"])
}

func TestNothingIsAllocatedForARequestWithoutATrace(t *testing.T) {
	requests := telemetry.Discard().Requests(telemetry.Public)
	ctx := t.Context()
	require.Zero(t, testing.AllocsPerRun(100, func() {
		_, q := requests.Begin(ctx, "", "")
		q.End("GET", "/products/:id", 200)
	}))
}

func BenchmarkRequest(b *testing.B) {
	unsent := sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.NeverSample())))
	for name, tel := range map[string]*telemetry.Telemetry{
		"off":       telemetry.Discard(),
		"unsampled": telemetry.New(slog.New(slog.DiscardHandler), unsent),
		"sampled":   telemetry.New(slog.New(slog.DiscardHandler), sdktrace.NewTracerProvider()),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			requests := tel.Requests(telemetry.Public)
			for b.Loop() {
				_, q := requests.Begin(b.Context(), "", "")
				q.End("GET", "/products/:id", 200)
			}
		})
	}
}
