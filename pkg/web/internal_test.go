package web_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/telemetry"
	"stockroom/pkg/web"
)

const (
	token    = "an-internal-token-of-the-system"
	previous = "the-one-that-is-being-replaced"
)

func internalAPI(t *testing.T, ready map[string]web.Check) (*web.API, *logs) {
	t.Helper()
	out := new(logs)
	api := web.NewInternal(web.Config{
		Title: "Internal", Telemetry: telemetry.New(slog.New(slog.NewJSONHandler(out, nil)), nil),
		PreviousToken: previous,
	}, token, ready)
	web.Handle(api, web.Operation{
		ID: "head", Method: http.MethodGet, Path: "/internal/v1/head", Access: web.Permit("is ignored"),
	}, func(*fiber.Ctx, web.Empty) (string, error) { return "head", nil })
	return api, out
}

func TestInternalNeedsTheToken(t *testing.T) {
	t.Parallel()
	api, _ := internalAPI(t, nil)
	api.App().Get("/internal/v1/mounted", func(c *fiber.Ctx) error { return c.SendString("mounted") })

	for name, tt := range map[string]struct {
		path    string
		headers []string
		status  int
	}{
		"Right":        {"/internal/v1/head", []string{"Authorization", "Bearer " + token}, 200},
		"Previous":     {"/internal/v1/head", []string{"Authorization", "Bearer " + previous}, 200},
		"LowerCase":    {"/internal/v1/head", []string{"Authorization", "bearer " + token}, 200},
		"Mounted":      {"/internal/v1/mounted", []string{"Authorization", "Bearer " + token}, 200},
		"None":         {"/internal/v1/head", nil, 401},
		"MountedNone":  {"/internal/v1/mounted", nil, 401},
		"UnknownNone":  {"/internal/v1/unknown", nil, 401},
		"Unknown":      {"/internal/v1/unknown", []string{"Authorization", "Bearer " + token}, 404},
		"Prefix":       {"/internal/v1/head", []string{"Authorization", "Bearer " + token[:10]}, 401},
		"Longer":       {"/internal/v1/head", []string{"Authorization", "Bearer " + token + "x"}, 401},
		"Empty":        {"/internal/v1/head", []string{"Authorization", "Bearer "}, 401},
		"Basic":        {"/internal/v1/head", []string{"Authorization", "Basic " + token}, 401},
		"Bare":         {"/internal/v1/head", []string{"Authorization", token}, 401},
		"Two":          {"/internal/v1/head", []string{"Authorization", "Bearer " + token, "Authorization", "Bearer x"}, 401},
		"Escaped":      {"/%69nternal/v1/head", nil, 400},
		"DoubledSlash": {"//internal/v1/head", nil, 400},
		"Dots":         {"/x/../internal/v1/head", nil, 400},
		"UpperCase":    {"/INTERNAL/v1/head", nil, 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := call(t, api, http.MethodGet, tt.path, "", tt.headers...)
			require.Equal(t, tt.status, got.status, got.body)
			require.NotContains(t, got.body, token)
		})
	}
}

func TestEmptyTokenLetsNobodyIn(t *testing.T) {
	t.Parallel()
	api := web.NewInternal(web.Config{}, "", nil)

	for _, auth := range []string{"", "Bearer", "Bearer "} {
		require.Equal(t, 401, call(t, api, http.MethodGet, "/internal/v1/head", "", "Authorization", auth).status)
	}
}

func TestStoppingIsNotReady(t *testing.T) {
	t.Parallel()
	api, _ := internalAPI(t, nil)
	require.Equal(t, 200, call(t, api, http.MethodGet, "/readyz", "").status)

	api.Leave()

	got := call(t, api, http.MethodGet, "/readyz", "")
	require.Equal(t, 503, got.status)
	require.JSONEq(t, `{"status":"unavailable","failing":["stopping"]}`, string(got.body))
	require.Equal(t, 200, call(t, api, http.MethodGet, "/livez", "").status)
}

func TestProbes(t *testing.T) {
	t.Parallel()
	fine := func(context.Context) error { return nil }
	broken := func(context.Context) error { return errors.New("postgres://user:s3cret@db") }
	stuck := func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}

	for name, tt := range map[string]struct {
		checks map[string]web.Check
		status int
		body   string
	}{
		"NoChecks": {nil, 200, `{"status":"ok"}`},
		"Ready":    {map[string]web.Check{"database": fine}, 200, `{"status":"ok"}`},
		"NotReady": {
			map[string]web.Check{"queue": broken, "cache": fine, "database": stuck},
			503, `{"status":"unavailable","failing":["database","queue"]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, log := internalAPI(t, tt.checks)

			got := call(t, api, http.MethodGet, "/readyz", "")
			require.Equal(t, tt.status, got.status)
			require.JSONEq(t, tt.body, got.body)
			require.Equal(t, tt.status == 503, log.String() != "", "why goes to the log")
			require.Equal(t, 200, call(t, api, http.MethodGet, "/livez", "").status, "live all the same")
		})
	}
}

func TestMetricsTellRoutesApart(t *testing.T) {
	t.Parallel()
	api, _ := internalAPI(t, nil)
	call(t, api, http.MethodGet, "/internal/v1/head", "", "Authorization", "Bearer "+token)
	call(t, api, http.MethodGet, "/made/up", "")

	got := call(t, api, http.MethodGet, "/metrics", "")
	require.Equal(t, 200, got.status)
	require.Contains(t, got.body, `http_request_duration_seconds_count{code="200",door="internal",method="GET",route="/internal/v1/head"} 1`)
	require.Contains(t, got.body, `http_request_duration_seconds_count{code="404",door="internal",method="GET",route="none"} 1`)
	require.Contains(t, got.body, "go_goroutines")
	require.Contains(t, got.body, "process_cpu_seconds_total")
	require.Contains(t, got.body, "go_build_info")
	require.NotContains(t, got.body, "made/up")
}
