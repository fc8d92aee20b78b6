package catalogd_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/telemetry"
	"stockroom/pkg/testkit"
	"stockroom/pkg/web"
	"stockroom/services/catalog/catalogd"
)

// replica is a running server.
type replica struct {
	server *catalogd.Server
	token  string
	log    *testkit.Log
}

// start runs a server until the test ends.
func (w *world) start(t *testing.T, cfg catalogd.Config) *replica {
	t.Helper()

	doors, err := web.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
	require.NoError(t, err)
	log := new(testkit.Log)
	server, err := catalogd.New(t.Context(), cfg, doors, telemetry.New(slog.New(slog.NewJSONHandler(log, nil)), nil))
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context())) // until it is cleaned up
	done := make(chan error, 1)
	go func() { done <- server.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
		require.NotContains(t, log.String(), cfg.InternalToken)
	})
	r := &replica{server, cfg.InternalToken, log}
	require.Eventually(t, func() bool { return r.internal(t, "/readyz").status == http.StatusOK }, 20*time.Second, 5*time.Millisecond)
	require.Eventually(t, func() bool {
		return r.send(t, "DELETE", products+"/x", "", w.token(t, "admin")).status == http.StatusUnprocessableEntity
	}, 20*time.Second, 5*time.Millisecond, "tokens are verified")
	return r
}

type answer struct {
	status int
	header http.Header
	text   string
}

func (r *replica) get(t *testing.T, url string, header ...string) answer {
	t.Helper()

	return fetch(t, "GET", "http://"+r.server.Addr()+url, "", header...)
}

func (r *replica) send(t *testing.T, method, url, body, token string) answer {
	t.Helper()

	if token == "" {
		return fetch(t, method, "http://"+r.server.Addr()+url, body)
	}
	return fetch(t, method, "http://"+r.server.Addr()+url, body, "Authorization", "Bearer "+token)
}

func (r *replica) internal(t *testing.T, url string) answer {
	t.Helper()

	return fetch(t, "GET", "http://"+r.server.InternalAddr()+url, "", "Authorization", "Bearer "+r.token)
}

// soon reads url until it says want.
func (r *replica) soon(t *testing.T, url, want string) (text string) {
	t.Helper()

	require.Eventually(t, func() bool {
		text = r.get(t, url).text
		return strings.Contains(text, want)
	}, 10*time.Second, time.Millisecond)
	return text
}

func (r *replica) create(t *testing.T, token string) (url string) {
	t.Helper()

	a := r.send(t, "POST", products, `{"name":"Lamp","sku":"L-1","price":19.99}`, token)
	require.Equal(t, http.StatusCreated, a.status, a.text)
	var p struct{ ID string }
	require.NoError(t, json.Unmarshal([]byte(a.text), &p))
	return products + "/" + p.ID
}

func fetch(t *testing.T, method, url, body string, header ...string) answer {
	t.Helper()

	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close() //nolint:errcheck // it was read to the end
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return answer{resp.StatusCode, resp.Header, string(text)}
}
