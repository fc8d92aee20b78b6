package e2e_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
)

// TestProductionRefusesWeakSecrets starts every program as for production.
func TestProductionRefusesWeakSecrets(t *testing.T) {
	t.Parallel()
	strong := strings.Repeat("aB3", 15)
	for program, names := range map[string][]string{
		"authd": {"INTERNAL_TOKEN", "SECRET"}, "usersd": {"INTERNAL_TOKEN"}, "catalogd": {"INTERNAL_TOKEN"}, "gatewayd": {"INTERNAL_TOKEN"},
	} {
		for _, name := range names {
			for what, value := range map[string]string{
				"Missing": "", "Short": "aB3aB3aB3", "Default": "change-me-change-me-change-me-change-me", "Example": "secret-secret-secret-secret-secret-secret",
			} {
				t.Run(program+name+what, func(t *testing.T) {
					t.Parallel()
					env := map[string]string{
						"DATABASE_URL": "sqlite:" + t.TempDir() + "/db", "ADDR": "127.0.0.1:0", "INTERNAL_ADDR": "127.0.0.1:0",
						"INTERNAL_TOKEN": strong, "SECRET": strong, "AUTH_URL": "http://127.0.0.1:1", "AUTH_INTERNAL_URL": "http://127.0.0.1:1",
						"USERS_INTERNAL_URL": "http://127.0.0.1:1", "AUTH_URLS": "http://127.0.0.1:1", "USERS_URLS": "http://127.0.0.1:1",
						"CATALOG_URLS": "http://127.0.0.1:1",
					}
					env[name] = value
					said, code := stack.Run(t, program, env)
					require.Equal(t, 1, code, said)
					require.Contains(t, said, "STOCKROOM_"+name, "the operator is told which")
					if value != "" {
						require.NotContains(t, said, value)
					}
				})
			}
		}
	}
}
