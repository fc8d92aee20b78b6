package usersd_test

import (
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/testkit"
	"stockroom/services/users/usersd"
)

// A token may be of a version that the restored database has not come to: the
// next versions must not be smaller, or it could not be refused.
func TestTokenFromBeforeARestoreCanBeRefused(t *testing.T) {
	t.Parallel()

	for name, databaseURL := range map[string]func(t *testing.T) string{
		"PostgreSQL": func(t *testing.T) string { return testkit.PostgresURL(t) },
		"SQLite":     func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "users.db") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			at := databaseURL(t)
			require.NoError(t, usersd.Migrate(t.Context(), at))
			head, err := usersd.RaiseEpoch(t.Context(), at)
			require.NoError(t, err)
			require.Equal(t, int64(2), head.Epoch)

			s := start(t, func(cfg *usersd.Config) { cfg.DatabaseURL = at })
			const lost = 1_000_000 // the version when the token was made
			boss, ada := s.token(bossID, "admin", 1), s.token(adaID, "admin", lost)
			status, answer := s.call(ada, "GET", s.public+"/api/v1/users", "")
			require.Equal(t, http.StatusOK, status, answer)
			status, answer = s.call(boss, "PUT", s.public+"/api/v1/users/"+adaID+"/role?role=user", "")
			require.Equal(t, http.StatusOK, status, answer)
			status, answer = s.call(ada, "GET", s.public+"/api/v1/users", "")
			require.Equal(t, http.StatusUnauthorized, status, answer)
		})
	}
}
