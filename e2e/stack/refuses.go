package stack

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// Refuses starts a program that must end at once with an error, and returns
// what it says.
func Refuses(tb testing.TB, name string, env map[string]string) string {
	tb.Helper()

	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, build(tb, name))
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + tb.TempDir()}
	for key, value := range env {
		cmd.Env = append(cmd.Env, "STOCKROOM_"+key+"="+value)
	}
	out, err := cmd.CombinedOutput()
	require.NoError(tb, ctx.Err(), "%s runs on: %s", name, out)
	exit, ok := errors.AsType[*exec.ExitError](err)
	require.True(tb, ok && exit.Exited(), "%s: %v: %s", name, err, out)
	return string(out)
}
