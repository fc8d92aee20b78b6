package telemetry_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/telemetry"
)

// The line about a request is the same whichever way it takes.
func TestLineOfARequest(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		method, route, id, parent string
		level                     slog.Level
		err                       error
	}{
		"Usual":    {method: "GET", route: "/api/v1/products/{}", id: "r-1"},
		"Quoted":   {method: "GET", route: `/a"b\c`, id: "r-1"},
		"Control":  {method: "G\nT", route: "/", id: "r-1"},
		"Umlaut":   {method: "GET", route: "/ä\xff", id: "r-1"},
		"Nameless": {method: "GET", route: "/"},
		"Traced":   {method: "GET", route: "/", id: "r-1", parent: parent},
		"Failed":   {method: "GET", route: "/", id: "r-1", level: slog.LevelError, err: errors.New("oh")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			synctest.Test(t, func(t *testing.T) {
				said := func(w io.Writer, flush func() error, out *bytes.Buffer) string {
					log, err := telemetry.NewLogger(w, "")
					require.NoError(t, err)
					requests := telemetry.New(log, nil).Requests(telemetry.Public)
					ctx := t.Context()
					if tt.id != "" {
						ctx = telemetry.WithRequestID(ctx, tt.id)
					}
					ctx, q := requests.Begin(ctx, tt.parent, "")
					q.Log(ctx, tt.level, tt.method, tt.route, 200, 1234567*time.Nanosecond, tt.err)
					q.Log(ctx, slog.LevelDebug, "hidden", "", 200, 0, nil)
					require.NoError(t, flush())
					return out.String()
				}
				var plain, buffered bytes.Buffer
				buffer := telemetry.NewBuffer(&buffered)
				want := said(&plain, func() error { return nil }, &plain)
				require.Contains(t, want, `"us":1234`)
				require.Equal(t, want, said(buffer, buffer.Flush, &buffered))
			})
		})
	}
}

func TestLineHasWhatTheLogWasMadeWith(t *testing.T) {
	t.Parallel()

	var out bytes.Buffer
	buffer := telemetry.NewBuffer(&out)
	log, err := telemetry.NewLogger(buffer, "")
	require.NoError(t, err)
	ctx, q := telemetry.New(log.With("replica", "a"), nil).Requests(telemetry.Public).Begin(t.Context(), "", "")
	q.Log(telemetry.WithRequestID(ctx, "r-1"), slog.LevelInfo, "GET", "/", 200, time.Second, nil)
	require.NoError(t, buffer.Flush())
	require.Contains(t, out.String(), `"replica":"a"`)
}
