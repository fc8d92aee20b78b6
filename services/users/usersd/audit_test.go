package usersd_test

import (
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/sqlite"
	"stockroom/pkg/testkit"
	"stockroom/services/users"
	"stockroom/services/users/adapters/sqlitestore"
	"stockroom/services/users/usersd"
)

func TestInterruptedErasureGoesOnByItself(t *testing.T) {
	t.Parallel()

	for name, databaseURL := range map[string]string{
		"PostgreSQL": testkit.PostgresURL(t), "SQLite": "sqlite:" + filepath.Join(t.TempDir(), "users.db"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s := start(t, func(cfg *usersd.Config) { cfg.DatabaseURL = databaseURL })
			boss := s.token(bossID, "admin", 1)
			status, answer := s.call(boss, "POST", s.public+"/api/v1/users/"+adaID+"/erase", "")
			require.Equal(t, http.StatusServiceUnavailable, status, answer)
			status, answer = s.call(internalToken, "GET", s.internal+"/internal/v1/accounts/"+adaID, "")
			require.Equal(t, http.StatusOK, status)
			require.Contains(t, answer, `"username":"erased-`+adaID+`"`)

			s.forgets.Store(true)
			require.Eventually(t, func() bool { return s.forgot.Load() > 0 }, patience, 10*time.Millisecond)
			s.stop()
			require.NoError(t, <-s.done)

			trail, err := usersd.VerifyAudit(t.Context(), databaseURL)
			require.NoError(t, err)
			require.Equal(t, 3, trail.Rows, "two admins were made, and one was erased")
		})
	}
}

func TestVerifyAuditSeesWhatWasChanged(t *testing.T) {
	t.Parallel()

	path := filepath.Join(t.TempDir(), "users.db")
	s := start(t, func(cfg *usersd.Config) { cfg.DatabaseURL = "sqlite:" + path })
	boss := s.token(bossID, "admin", 1)
	for _, role := range []string{"user", "admin"} {
		status, answer := s.call(boss, "PUT", s.public+"/api/v1/users/"+adaID+"/role?role="+role, "")
		require.Equal(t, http.StatusOK, status, answer)
	}
	trail, err := usersd.VerifyAudit(t.Context(), "sqlite:"+path)
	require.NoError(t, err, "also while it runs")
	require.Equal(t, 4, trail.Rows, "two admins were made, and one had two roles")

	db, err := sqlite.OpenMigrated(t.Context(), path, sqlitestore.Migrations())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	for _, statement := range []string{`drop trigger audit_guard_update`, `update audit set actor = account where seq = 3`} {
		_, err := db.Write.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	_, err = usersd.VerifyAudit(t.Context(), "sqlite:"+path)
	require.ErrorIs(t, err, users.ErrTrailBroken)
}
