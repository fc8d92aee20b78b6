package stack

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// other returns a program that stands in for ours of that name, such as the one
// of the last release: STOCKROOM_E2E_CATALOGD is the path of one for catalogd.
func other(name string) (bin string, given bool) {
	bin = os.Getenv("STOCKROOM_E2E_" + strings.ToUpper(name))
	return bin, bin != ""
}

// startEither starts our program, or the other one if there is one. That then
// finds the schema as ours needs it: an upgrade migrates first.
func startEither(tb testing.TB, name, program string, env map[string]string) *Process {
	tb.Helper()

	bin, given := other(program)
	if !given {
		return startProcess(tb, name, build(tb, program), env)
	}
	tb.Logf("%s is %s", name, bin)
	if env["DATABASE_URL"] != "" {
		said, code := Run(tb, program, env, "migrate")
		require.Zero(tb, code, said)
	}
	return startProcess(tb, name, bin, env)
}
