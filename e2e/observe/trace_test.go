package observe_test

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"stockroom/e2e/stack"
	"stockroom/pkg/telemetry"
)

// recorder keeps the spans of every service.
type recorder struct{ spans *tracetest.InMemoryExporter }

func (r recorder) voice(service string) *telemetry.Telemetry {
	return telemetry.New(slog.New(slog.DiscardHandler), sdktrace.NewTracerProvider(
		sdktrace.WithSyncer(r.spans),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", service)))))
}

// trace returns the spans with that trace id, as "service: name".
func (r recorder) trace(id string) (names []string, spans tracetest.SpanStubs) {
	for _, s := range r.spans.GetSpans() {
		if s.SpanContext.TraceID().String() == id {
			service, _ := s.Resource.Set().Value("service.name")
			names = append(names, service.AsString()+": "+s.Name)
			spans = append(spans, s)
		}
	}
	return names, spans
}

var patience = 10 * time.Second

const (
	writeTrace  = "4bf92f3577b34da6a3ce929d0e0e4736"
	readTrace   = "5bf92f3577b34da6a3ce929d0e0e4736"
	signInTrace = "6bf92f3577b34da6a3ce929d0e0e4736"
)

func parent(trace string) http.Header {
	return http.Header{"Traceparent": {"00-" + trace + "-00f067aa0ba902b7-01"}}
}

func TestOneRequestIsOneTrace(t *testing.T) {
	t.Parallel()

	r := recorder{tracetest.NewInMemoryExporter()}
	system := stack.Assembled(t, r.voice)
	api := newClient(t, system)

	for _, catalog := range system.Catalogs { // whose second levels begin with the first read that needs them
		require.Equal(t, http.StatusNotFound, api.status(t, catalog+"/api/v1/products/0190d7f4-2c1e-7000-8000-000000000000"))
	}
	product := api.create(t, parent(writeTrace))
	api.call(t, http.MethodGet, "/api/v1/products/"+product+"?q=Secret-Search", "", parent(readTrace), http.StatusOK)
	api.signIn(t, parent(signInTrace))

	for trace, want := range map[string][]string{
		writeTrace: {
			"gateway: POST /api/v1/products", "gateway: forward to catalog",
			"catalog: POST /api/v1/products", "catalog: BEGIN", "catalog: UPDATE", "catalog: INSERT", "catalog: COMMIT",
			"catalog: publish stockroom.catalog.log", "catalog: receive stockroom.catalog.log",
			"catalog: apply commit", "catalog: redis apply",
		},
		readTrace: {
			"gateway: GET /api/v1/products/{}", "gateway: forward to catalog", "catalog: GET /api/v1/products/:id",
			"catalog: redis get", "catalog: SELECT", "catalog: redis fill",
		},
		signInTrace: {
			"gateway: POST /api/v1/auth/login", "auth: POST /api/v1/auth/login", "auth: call 127.0.0.1",
			"users: POST /internal/v1/accounts/lookup", "users: SELECT", "auth: SELECT",
		},
	} {
		var got []string
		if !assert.Eventually(t, func() bool {
			got, _ = r.trace(trace)
			return contains(got, want)
		}, patience, 10*time.Millisecond) {
			require.Subset(t, got, want) // which shows the difference
		}
	}
	both, _ := r.trace(writeTrace)
	require.Equal(t, 2, count(both, "catalog: apply commit"), "each replica applies it: %s", both)

	for _, trace := range []string{writeTrace, readTrace, signInTrace} {
		_, spans := r.trace(trace)
		connected(t, spans)
	}
	quiet(t, r, api)
}

// connected checks that every span but the first has its parent in the trace.
func connected(t *testing.T, spans tracetest.SpanStubs) {
	t.Helper()

	ids := map[string]bool{"00f067aa0ba902b7": true}
	for _, s := range spans {
		ids[s.SpanContext.SpanID().String()] = true
	}
	for _, s := range spans {
		require.True(t, ids[s.Parent.SpanID().String()], "%s hangs in the air", s.Name)
	}
}

// quiet checks that no span tells a secret or what was asked.
func quiet(t *testing.T, r recorder, api *client) {
	t.Helper()

	for _, s := range r.spans.GetSpans() {
		var told strings.Builder
		told.WriteString(s.Name + s.Status.Description)
		for _, kv := range s.Attributes {
			told.WriteString(" " + kv.Value.String())
		}
		for _, e := range s.Events {
			for _, kv := range e.Attributes {
				told.WriteString(" " + kv.Value.String())
			}
		}
		for _, secret := range append(api.secrets(), "Secret-Search", "Copper Kettle") {
			require.NotContains(t, told.String(), secret, s.Name)
		}
	}
}

func TestTracesThatAreNotValidAreNotContinued(t *testing.T) {
	t.Parallel()

	r := recorder{tracetest.NewInMemoryExporter()}
	api := newClient(t, stack.Assembled(t, r.voice))
	for _, parent := range []string{"00-" + strings.Repeat("0", 32) + "-00f067aa0ba902b7-01", "ff-" + writeTrace + "-00f067aa0ba902b7-01", "x\"y"} {
		r.spans.Reset()
		api.call(t, http.MethodGet, "/api/v1/products", "", http.Header{"Traceparent": {parent}}, http.StatusOK)
		require.Eventually(t, func() bool { return r.began("gateway", "GET /api/v1/products") }, patience, 10*time.Millisecond)
	}
}

// began reports whether a span of that name is the first of its trace.
func (r recorder) began(service, name string) bool {
	return slices.ContainsFunc(r.spans.GetSpans(), func(s tracetest.SpanStub) bool {
		of, _ := s.Resource.Set().Value("service.name")
		return of.AsString() == service && s.Name == name && !s.Parent.IsValid()
	})
}

func contains(got, want []string) bool {
	for _, w := range want {
		if count(got, w) == 0 {
			return false
		}
	}
	return true
}

func count(got []string, prefix string) (n int) {
	for _, g := range got {
		if strings.HasPrefix(g, prefix) {
			n++
		}
	}
	return n
}
