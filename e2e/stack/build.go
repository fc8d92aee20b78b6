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

var (
	building sync.Mutex
	built    = map[string]string{}
)

// build returns the path of a program of ours, built once for each test
// process, with the race detector if the test has it.
func build(tb testing.TB, name string) string {
	tb.Helper()
	building.Lock()
	defer building.Unlock()

	if bin, ok := built[name]; ok {
		return bin
	}
	bin := filepath.Join(binDir(tb), name)
	args := []string{"build", "-o", bin}
	if raceEnabled {
		args = append(args, "-race")
	}
	cmd := exec.CommandContext(tb.Context(), "go", append(args, "./cmd/"+name)...)
	cmd.Dir = moduleDir(tb, programs[name])
	out, err := cmd.CombinedOutput()
	require.NoError(tb, err, "build %s: %s", name, out)
	built[name] = bin
	return bin
}

// binDir is the folder for the programs of this test process.
func binDir(tb testing.TB) string {
	tb.Helper()

	kind := "plain"
	if raceEnabled {
		kind = "race"
	}
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("stockroom-e2e-%d-%d-%s", os.Getuid(), os.Getpid(), kind))
	require.NoError(tb, os.MkdirAll(dir, 0o700))
	return dir
}

// CleanUp removes what was built. TestMain calls it.
func CleanUp() error {
	building.Lock()
	defer building.Unlock()
	for _, bin := range built {
		if err := os.RemoveAll(filepath.Dir(bin)); err != nil {
			return fmt.Errorf("remove programs: %w", err)
		}
	}
	return nil
}

func moduleDir(tb testing.TB, module string) string {
	tb.Helper()

	out, err := exec.CommandContext(tb.Context(), "go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	require.NoError(tb, err)
	return strings.TrimSpace(string(out))
}
