package authd_test

import (
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/natsbus"
	"stockroom/pkg/testkit"
	"stockroom/pkg/token"
	"stockroom/services/auth"
	"stockroom/services/auth/authd"
)

func TestKindsAreWhatVerifiersLookFor(t *testing.T) {
	t.Parallel()

	require.Equal(t, token.KindEnded, auth.KindEnded)
}

// me asks who the token is of, and returns the status and the code.
func me(t *testing.T, s *authd.Server, tokens map[string]any) (int, any) {
	t.Helper()
	status, out := ask(t, http.MethodGet, "http://"+s.Addr()+"/api/v1/auth/me", "", tokens["access_token"].(string))
	return status, out["code"]
}

func logout(t *testing.T, s *authd.Server, tokens map[string]any) {
	t.Helper()
	require.Eventually(t, func() bool { // it has to know both logs first
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+s.Addr()+"/api/v1/auth/logout", http.NoBody)
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+tokens["access_token"].(string))
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		return res.StatusCode == http.StatusNoContent
	}, 30*time.Second, 10*time.Millisecond)
}

func TestEndedSessionIsRefusedByEveryReplica(t *testing.T) {
	t.Parallel()

	for name, change := range map[string]func(t *testing.T, cfg *authd.Config){
		"SQLite":     func(*testing.T, *authd.Config) {},
		"PostgreSQL": func(t *testing.T, cfg *authd.Config) { t.Helper(); cfg.DatabaseURL = testkit.PostgresURL(t) },
		"NATS":       func(t *testing.T, cfg *authd.Config) { t.Helper(); cfg.NATSURL = testkit.NATS(t) },
		"NATSAway":   func(_ *testing.T, cfg *authd.Config) { cfg.NATSURL = "nats://127.0.0.1:1" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, users := newUsers(t)
			cfg := config(t, users)
			change(t, &cfg)
			one, two := start(t, cfg), start(t, cfg)
			tokens := signIn(t, one)
			status, _ := me(t, two, tokens)
			require.Equal(t, http.StatusOK, status)

			logout(t, one, tokens)

			status, code := me(t, one, tokens)
			require.Equal(t, http.StatusUnauthorized, status, "from the answer on")
			require.Equal(t, "session_revoked", code)
			require.Eventually(t, func() bool {
				status, code := me(t, two, tokens)
				return status == http.StatusUnauthorized && code == "session_revoked"
			}, 10*time.Second, time.Millisecond)
		})
	}
}

func TestEndedSessionsAreKnownAfterARestart(t *testing.T) {
	t.Parallel()
	_, users := newUsers(t)
	cfg := config(t, users)
	var tokens map[string]any
	t.Run("Before", func(t *testing.T) {
		s := start(t, cfg)
		tokens = signIn(t, s)
		logout(t, s, tokens)
	})
	s := start(t, cfg)

	require.Eventually(t, func() bool {
		status, code := me(t, s, tokens)
		return status == http.StatusUnauthorized && code == "session_revoked"
	}, 30*time.Second, 10*time.Millisecond)
}

func TestEndsOfSessionsAreAnnounced(t *testing.T) {
	t.Parallel()
	url := testkit.NATS(t)
	bus, err := natsbus.Connect(url, "test", nil)
	require.NoError(t, err)
	t.Cleanup(bus.Close)
	heard := make(chan commitlog.Event, 100)
	stop, err := bus.Subscribe(token.AuthLog, func(_ context.Context, data []byte) {
		var ev commitlog.Event
		if err := json.Unmarshal(data, &ev); err != nil {
			t.Error(err)
		}
		heard <- ev
	}, func() {})
	require.NoError(t, err)
	t.Cleanup(stop)
	_, users := newUsers(t)
	cfg := config(t, users)
	cfg.NATSURL = url
	s := start(t, cfg)

	deadline := time.After(30 * time.Second)
	for {
		logout(t, s, signIn(t, s))
		select {
		case ev := <-heard:
			require.Equal(t, token.KindEnded, ev.Kind)
			require.Len(t, ev.IDs, 1)
			return
		case <-deadline:
			t.Fatal("nothing was announced")
		default: // the connections may not be there yet
		}
	}
}

func TestEpochIsRaised(t *testing.T) {
	t.Parallel()

	for name, database := range map[string]func(t *testing.T) string{
		"SQLite":     func(t *testing.T) string { t.Helper(); return "sqlite:" + filepath.Join(t.TempDir(), "auth.db") },
		"PostgreSQL": func(t *testing.T) string { t.Helper(); return testkit.PostgresURL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, users := newUsers(t)
			cfg := config(t, users)
			cfg.DatabaseURL = database(t)
			require.NoError(t, authd.Migrate(t.Context(), cfg.DatabaseURL))
			before := time.Now().UnixMicro()

			head, err := authd.RaiseEpoch(t.Context(), cfg.DatabaseURL)

			require.NoError(t, err)
			require.Equal(t, int64(2), head.Epoch)
			require.GreaterOrEqual(t, head.Seq, before)
			s := start(t, cfg)
			tokens := signIn(t, s)
			logout(t, s, tokens)
			status, _ := me(t, s, tokens)
			require.Equal(t, http.StatusUnauthorized, status)
		})
	}
}
