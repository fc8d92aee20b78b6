package standalone_test

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

	"stockroom/standalone"
)

const soon = 20 * time.Second

// start runs a system on dir until the returned function is called, or the
// test is over.
func start(t *testing.T, dir string, admin standalone.Admin) (s *standalone.Stockroom, stop func()) {
	t.Helper()

	ctx, cancel := context.WithCancel(context.Background())
	s, err := standalone.New(ctx, standalone.Config{Addr: "127.0.0.1:0", Dir: dir, PasswordCost: 4, Admin: admin}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		require.NoError(t, <-done)
	}
	t.Cleanup(stop)
	require.Eventually(t, func() bool {
		status, _ := get(t, s.URL()+"/health", "")
		return status == http.StatusOK
	}, soon, 10*time.Millisecond)
	return s, stop
}

func get(t *testing.T, url, token string) (status int, body string) {
	t.Helper()
	return send(t, http.MethodGet, url, token, "")
}

func send(t *testing.T, method, url, token, body string) (status int, answer string) {
	t.Helper()

	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close() //nolint:errcheck // it was only read
	read, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(read)
}

func signIn(t *testing.T, s *standalone.Stockroom, a standalone.Admin) string {
	t.Helper()

	body, err := json.Marshal(map[string]string{"username": a.Username, "password": a.Password})
	require.NoError(t, err)
	status, answer := send(t, http.MethodPost, s.URL()+"/api/v1/auth/login/json", "", string(body))
	require.Equal(t, http.StatusOK, status, answer)
	var tokens struct {
		Access string `json:"access_token"`
	}
	require.NoError(t, json.Unmarshal([]byte(answer), &tokens))
	return tokens.Access
}
