package telemetry_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/telemetry"
)

func TestSpansAreSentWhereTheEnvironmentSays(t *testing.T) {
	sent := make(chan string, 1)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // whoever sends may hang up
		select {
		case sent <- r.URL.Path + " " + string(body):
		default:
		}
	}))
	t.Cleanup(collector.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)

	tel, err := telemetry.FromEnv(t.Context(), "catalog", slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	_, q := tel.Requests(telemetry.Public).Begin(t.Context(), "", "")
	q.End("GET", "/products/:id", 200)
	tel.Close(t.Context())

	got := <-sent
	for _, part := range []string{"/v1/traces ", "GET /products/:id", "service.name", "catalog"} {
		require.Contains(t, got, part)
	}
}

func TestTracingIsOffUnlessAnEndpointIsNamed(t *testing.T) {
	for name, env := range map[string]map[string]string{
		"Nothing":    {},
		"Disabled":   {"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
		"NoExporter": {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			for key, value := range env {
				t.Setenv(key, value)
			}
			tel, err := telemetry.FromEnv(t.Context(), "catalog", slog.New(slog.DiscardHandler))
			require.NoError(t, err)
			_, span := tel.Traces.Tracer("test").Start(t.Context(), "x")
			require.False(t, span.IsRecording())
			tel.Close(t.Context())
		})
	}
}

func TestCollectorThatIsAwayHoldsNothingUp(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")

	tel, err := telemetry.FromEnv(t.Context(), "catalog", slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	_, q := tel.Requests(telemetry.Public).Begin(t.Context(), "", "")
	q.End("GET", "/", 200)
	tel.Close(t.Context()) // within its deadline
}
