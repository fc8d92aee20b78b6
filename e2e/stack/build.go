package stack

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// programs are the packages of our binaries, below their modules.
var programs = map[string]string{
	"authd":     "stockroom/services/auth",
	"usersd":    "stockroom/services/users",
	"catalogd":  "stockroom/services/catalog",
	"gatewayd":  "stockroom/gateway",
	"stockroom": "stockroom/standalone",
}

// Version is what the programs are stamped with.
const Version = "0.0.0-e2e"

var (
	building sync.Mutex
	built    = map[string]string{}
)

// build returns the path of a program of ours, built once for each test
// process as it is built for its users. The race detector, with which SQLite is
// many times slower, watches the form that runs inside the test.
func build(tb testing.TB, name string) string {
	tb.Helper()
	building.Lock()
	defer building.Unlock()

	if bin, ok := built[name]; ok {
		return bin
	}
	bin := filepath.Join(binDir(tb), name)
	cmd := exec.CommandContext(tb.Context(), "go", "build", "-tags", tags, "-ldflags", "-X stockroom/pkg/run.version="+Version, "-o", bin, "./cmd/"+name)
	cmd.Dir = moduleDir(tb, programs[name])
	out, err := cmd.CombinedOutput()
	require.NoError(tb, err, "build %s: %s", name, out)
	built[name] = bin
	return bin
}

// binDir is the folder for the programs of this test process.
func binDir(tb testing.TB) string {
	tb.Helper()

	dir := filepath.Join(os.TempDir(), fmt.Sprintf("stockroom-e2e-%d-%d", os.Getuid(), os.Getpid()))
	require.NoError(tb, os.MkdirAll(dir, 0o700))
	return dir
}

// Main runs the tests of a package and removes what was built for them. It is
// all that a TestMain does.
func Main(m *testing.M) {
	code := m.Run()
	building.Lock()
	defer building.Unlock()
	for _, bin := range built {
		if err := os.RemoveAll(filepath.Dir(bin)); err != nil {
			fmt.Fprintln(os.Stderr, "remove programs:", err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

func moduleDir(tb testing.TB, module string) string {
	tb.Helper()

	out, err := exec.CommandContext(tb.Context(), "go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	require.NoError(tb, err)
	return strings.TrimSpace(string(out))
}
