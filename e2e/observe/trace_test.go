package observe_test

import (
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

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

const (
	patience   = 30 * time.Second
	validTrace = "4bf92f3577b34da6a3ce929d0e0e4736"
)

func parent(trace string) http.Header {
	return http.Header{"Traceparent": {"00-" + trace + "-00f067aa0ba902b7-01"}}
}

// shows does what is to be traced, until its trace has all of want. Once need
// not be enough: on a busy machine a call of Redis is given up before its end.
func (r recorder) shows(t *testing.T, want []string, do func(header http.Header)) tracetest.SpanStubs {
	t.Helper()

	var got []string
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		id := trace.TraceID(uuid.New()).String()
		do(parent(id))
		var spans tracetest.SpanStubs
		for until := time.Now().Add(time.Second); time.Now().Before(until); {
			if got, spans = r.trace(id); contains(got, want) {
				return spans
			}
			runtime.Gosched()
		}
	}
	require.Subset(t, got, want) // which shows the difference
	return nil
}

func TestOneRequestIsOneTrace(t *testing.T) {
	t.Parallel()

	r := recorder{tracetest.NewInMemoryExporter()}
	system := stack.Assembled(t, r.voice, nil)
	api := newClient(t, system)

	connected(t, r.shows(t, []string{
		"gateway: POST /api/v1/products", "gateway: forward to catalog",
		"catalog: POST /api/v1/products", "catalog: BEGIN", "catalog: UPDATE", "catalog: INSERT", "catalog: COMMIT",
		"catalog: publish stockroom.catalog.log", "catalog: receive stockroom.catalog.log",
		"catalog: apply commit", "catalog: apply commit", // each of the two replicas
		"catalog: redis apply",
	}, func(h http.Header) {
		product := api.create(t, h)
		// Whoever reads has Redis begin, if that was too slow at the start.
		api.call(t, http.MethodGet, "/api/v1/products/"+product, "", nil, http.StatusOK)
	}))
	connected(t, r.shows(t, []string{
		"gateway: GET /api/v1/products/{}", "gateway: forward to catalog", "catalog: GET /api/v1/products/:id",
		"catalog: redis get", "catalog: SELECT", "catalog: redis fill",
	}, func(h http.Header) {
		api.call(t, http.MethodGet, "/api/v1/products/"+api.create(t, nil)+"?q=Secret-Search", "", h, http.StatusOK)
	}))
	connected(t, r.shows(t, []string{
		"gateway: POST /api/v1/auth/login", "auth: POST /api/v1/auth/login", "auth: call 127.0.0.1",
		"users: POST /internal/v1/accounts/lookup", "users: SELECT", "auth: SELECT",
	}, func(h http.Header) { api.signIn(t, h) }))
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
	api := newClient(t, stack.Assembled(t, r.voice, nil))
	for _, parent := range []string{"00-" + strings.Repeat("0", 32) + "-00f067aa0ba902b7-01", "ff-" + validTrace + "-00f067aa0ba902b7-01", "x\"y"} {
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

// contains reports whether got has each of want, as often as it is there.
func contains(got, want []string) bool {
	for _, w := range want {
		if count(got, w) < count(want, w) {
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
