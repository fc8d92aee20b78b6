package e2e_test

import (
	"crypto/rand"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
	"stockroom/pkg/testkit"
)

func TestProgramsSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"authd", "usersd", "catalogd", "gatewayd", "stockroom"} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			said, code := stack.Run(t, program, nil, "version")
			require.Zero(t, code, said)
			require.Contains(t, said, program+" "+stack.Version)

			said, code = stack.Run(t, program, nil, "help")
			require.Zero(t, code, said)
			require.Contains(t, said, "health")

			for _, words := range [][]string{{"fly"}, {"version", "now"}} {
				said, code = stack.Run(t, program, nil, words...)
				require.Equal(t, 2, code, said)
				require.Contains(t, said, "usage: "+program)
			}
		})
	}
}

// TestMigrationsAreAStepOfTheirOwn does what a deployment does: the schema
// first, more than once, and then programs that leave it as it is.
func TestMigrationsAreAStepOfTheirOwn(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(*testing.T) string{
		"PostgreSQL": func(t *testing.T) string { return testkit.PostgresURL(t) + "&search_path=own,public" },
		"SQLite":     func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "own.db") },
	} {
		for _, program := range []string{"authd", "usersd", "catalogd"} {
			t.Run(program+name, func(t *testing.T) {
				t.Parallel()
				env := secretsAsFiles(t, map[string]string{
					"DATABASE_URL": url(t), "INTERNAL_TOKEN": rand.Text() + rand.Text(), "SECRET": rand.Text() + rand.Text(),
				})
				maps.Copy(env, map[string]string{
					"MIGRATE": "false", "ADDR": "127.0.0.1:0", "INTERNAL_ADDR": stack.FreeAddr(t), "AUTH_URL": "http://127.0.0.1:1",
					"AUTH_INTERNAL_URL": "http://127.0.0.1:1", "USERS_INTERNAL_URL": "http://127.0.0.1:1",
				})
				said, code := stack.Run(t, program, env)
				require.Equal(t, 1, code, said)
				require.Contains(t, said, "older than this program")

				migrate(t, program, env, name == "PostgreSQL")
				_, code = stack.Run(t, program, env, "health")
				require.Equal(t, 1, code, "nothing serves yet")

				stack.Serve(t, program, env)
				eventually(t, time.Minute, "it is ready", func() bool {
					_, code := stack.Run(t, program, env, "health")
					return code == 0
				})
			})
		}
	}
}

// migrate migrates three times. Only PostgreSQL is for several processes.
func migrate(t *testing.T, program string, env map[string]string, atOnce bool) {
	t.Helper()
	t.Run("Migrate", func(t *testing.T) {
		for range 3 {
			t.Run("Again", func(t *testing.T) {
				if atOnce {
					t.Parallel()
				}
				said, code := stack.Run(t, program, env, "migrate")
				require.Zero(t, code, said)
			})
		}
	})
}

// secretsAsFiles returns variables with paths of files that hold the values.
func secretsAsFiles(t *testing.T, secrets map[string]string) map[string]string {
	t.Helper()
	env := map[string]string{}
	for name, value := range secrets {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, []byte(value+"\n"), 0o600))
		env[name+"_FILE"] = path
	}
	return env
}
