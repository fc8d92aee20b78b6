package usersd_test

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
	"stockroom/pkg/telemetry"
	"stockroom/pkg/testkit"
	"stockroom/pkg/token"
	"stockroom/services/users"
	"stockroom/services/users/usersd"
)

const (
	internalToken = "0f8a6d1c5b7e4c399d42b6e1a7c3f5d8"

	bossID = "0190a000-0000-7000-8000-000000000001"
	adaID  = "0190a000-0000-7000-8000-000000000002"

	patience = 10 * time.Second
)

func TestKindsAreWhatVerifiersLookFor(t *testing.T) {
	t.Parallel()

	require.Equal(t, token.KindAuthz, string(users.KindAuthz))
}

func TestService(t *testing.T) {
	t.Parallel()

	for name, change := range map[string]func(*testing.T, *usersd.Config){
		"PostgreSQL": func(t *testing.T, cfg *usersd.Config) { cfg.DatabaseURL = testkit.PostgresURL(t) },
		"SQLite":     func(*testing.T, *usersd.Config) {},
		"NATS":       func(t *testing.T, cfg *usersd.Config) { cfg.NATSURL = testkit.NATS(t) },
		"NATSAway":   func(_ *testing.T, cfg *usersd.Config) { cfg.NATSURL = "nats://127.0.0.1:1" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s := start(t, func(cfg *usersd.Config) { change(t, cfg) })
			boss, ada := s.token(bossID, "admin", 1), s.token(adaID, "admin", 2)
			role := s.public + "/api/v1/users/" + adaID + "/role?role="
			for version := int64(2); version < 12; version += 2 {
				status, answer := s.call(ada, "GET", s.public+"/api/v1/users", "")
				require.Equal(t, http.StatusOK, status, answer)

				status, answer = s.call(boss, "PUT", role+"user", "")
				require.Equal(t, http.StatusOK, status, answer)
				status, answer = s.call(ada, "GET", s.public+"/api/v1/users", "")
				require.Equal(t, http.StatusUnauthorized, status, "the old token is refused from the answer on: %s", answer)
				status, answer = s.call(s.token(adaID, "user", version+1), "GET", s.public+"/api/v1/users/"+adaID, "")
				require.Equal(t, http.StatusOK, status, answer)

				status, answer = s.call(boss, "PUT", role+"admin", "")
				require.Equal(t, http.StatusOK, status, answer)
				ada = s.token(adaID, "admin", version+2)
			}
			status, answer := s.call(ada, "PUT", s.public+"/api/v1/users/"+adaID, `{"password":"Correct-Horse-7"}`)
			require.Equal(t, http.StatusOK, status, answer)
			s.stop()
			require.NoError(t, <-s.done)
		})
	}
}

func TestCommitsAreAnnounced(t *testing.T) {
	t.Parallel()

	url := testkit.NATS(t)
	bus, err := natsbus.Connect(url, "test", nil)
	require.NoError(t, err)
	t.Cleanup(bus.Close)
	heard := make(chan commitlog.Event, 100)
	stop, err := bus.Subscribe(token.UsersLog, func(_ context.Context, data []byte) {
		var ev commitlog.Event
		if err := json.Unmarshal(data, &ev); err != nil {
			t.Error(err)
		}
		heard <- ev
	}, func() {})
	require.NoError(t, err)
	t.Cleanup(stop)

	s := start(t, func(cfg *usersd.Config) { cfg.NATSURL = url })
	deadline := time.After(patience)
	for role := "user"; ; role = map[string]string{"user": "admin", "admin": "user"}[role] {
		status, _ := s.call(s.token(bossID, "admin", 1), "PUT", s.public+"/api/v1/users/"+adaID+"/role?role="+role, "")
		require.Equal(t, http.StatusOK, status)
		select {
		case ev := <-heard:
			if ev.Kind == token.KindAuthz {
				require.Equal(t, []string{adaID}, ev.IDs)
				return
			}
		case <-deadline:
			t.Fatal("nothing was announced")
		default: // the connections may not be there yet
		}
	}
}

func TestStopSaysSoFirst(t *testing.T) {
	t.Parallel()

	s := start(t, func(cfg *usersd.Config) { cfg.Drain = time.Second })
	status, answer := s.call(internalToken, "GET", s.internal+"/readyz", "")
	require.Equal(t, http.StatusOK, status, answer)
	s.stop()
	require.Eventually(t, func() bool {
		status, _ := s.call("", "GET", s.internal+"/readyz", "")
		return status == http.StatusServiceUnavailable
	}, patience, time.Millisecond)
	status, answer = s.call(s.token(bossID, "admin", 1), "GET", s.public+"/api/v1/users", "")
	require.Equal(t, http.StatusOK, status, "the public door is still open: %s", answer)
	require.NoError(t, <-s.done)
}

func TestRefusesToStart(t *testing.T) {
	t.Parallel()

	for name, change := range map[string]func(*usersd.Config){
		"NoSecret":     func(cfg *usersd.Config) { cfg.InternalToken = "" },
		"ShortSecret":  func(cfg *usersd.Config) { cfg.InternalToken = "hx83Kq" },
		"KnownSecret":  func(cfg *usersd.Config) { cfg.InternalToken = "change-me-change-me-change-me-change-me" },
		"OddMode":      func(cfg *usersd.Config) { cfg.Env = "prod" },
		"OddDatabase":  func(cfg *usersd.Config) { cfg.DatabaseURL = "mysql://localhost/users" },
		"WrongAddress": func(cfg *usersd.Config) { cfg.DatabaseURL = "postgres://127.0.0.1:1/users?connect_timeout=1" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			cfg := usersd.Config{Env: "production", InternalToken: internalToken, DatabaseURL: "sqlite:" + filepath.Join(t.TempDir(), "users.db"), Migrate: true}
			change(&cfg)
			d := doors(t)
			_, err := usersd.New(t.Context(), cfg, d, telemetry.Discard())
			require.Error(t, err)
			_, err = d.Public.Accept()
			require.Error(t, err, "the doors are closed")
		})
	}
}
