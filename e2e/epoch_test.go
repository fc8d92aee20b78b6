package e2e_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
	"stockroom/pkg/testkit"
)

// TestEpochIsRaisedByAStepOfItsOwn does what an operator does after a restore.
func TestEpochIsRaisedByAStepOfItsOwn(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(*testing.T) string{
		"PostgreSQL": func(t *testing.T) string { return testkit.PostgresURL(t) + "&search_path=own,public" },
		"SQLite":     func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "own.db") },
	} {
		for _, program := range []string{"authd", "usersd", "catalogd"} {
			t.Run(program+name, func(t *testing.T) {
				t.Parallel()
				env := map[string]string{"DATABASE_URL": url(t)}
				said, code := stack.Run(t, program, env, "raise-epoch")
				require.Equal(t, 1, code, said)
				require.Contains(t, said, "older than this program", "nothing is made up in an empty database")

				said, code = stack.Run(t, program, env, "migrate")
				require.Zero(t, code, said)
				for _, epoch := range []string{`"epoch":2`, `"epoch":3`} {
					said, code = stack.Run(t, program, env, "raise-epoch")
					require.Zero(t, code, said)
					require.Contains(t, said, epoch)
				}
			})
		}
	}
}
