package stack

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// Run runs a program that must end by itself, and returns what it says and its
// exit code.
func Run(tb testing.TB, name string, env map[string]string, args ...string) (said string, code int) {
	tb.Helper()

	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, build(tb, name), args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + tb.TempDir()}
	for key, value := range env {
		cmd.Env = append(cmd.Env, "STOCKROOM_"+key+"="+value)
	}
	out, err := cmd.CombinedOutput()
	require.NoError(tb, ctx.Err(), "%s runs on: %s", name, out)
	if err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		require.True(tb, ok && exit.Exited(), "%s: %v: %s", name, err, out)
		code = exit.ExitCode()
	}
	return string(out), code
}

// Serve starts a program, which stops with tb.
func Serve(tb testing.TB, name string, env map[string]string) *Process {
	tb.Helper()
	return startProcess(tb, name, build(tb, name), env)
}
