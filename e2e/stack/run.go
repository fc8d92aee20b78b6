package stack

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Run runs a program that must end by itself, and returns what it says and its
// exit code.
func Run(tb testing.TB, name string, env map[string]string, args ...string) (said string, code int) {
	tb.Helper()
	return Tell(tb, "", name, env, args...)
}

// Tell is Run with something on standard input.
func Tell(tb testing.TB, input, name string, env map[string]string, args ...string) (said string, code int) {
	tb.Helper()
	return runOnce(tb, input, build(tb, name), environment(tb, env), args...)
}

// Again runs the program of p once more, with its environment and more, beside
// the one that runs. It must end by itself.
func (p *Process) Again(tb testing.TB, more map[string]string, args ...string) (said string, code int) {
	tb.Helper()
	return runOnce(tb, "", p.bin, append(environment(tb, more), p.env...), args...)
}

// Beside starts the program of p once more, with its environment and more, beside
// the one that runs. It stops with tb.
func (p *Process) Beside(tb testing.TB, more map[string]string) *Process {
	tb.Helper()

	return startWith(tb, "another "+p.name, p.bin, append(slices.Clip(p.env), environment(tb, more)...))
}

func runOnce(tb testing.TB, input, bin string, env []string, args ...string) (said string, code int) {
	tb.Helper()

	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, bin, args...)
	cmd.Env, cmd.Stdin = env, strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	require.NoError(tb, ctx.Err(), "%s runs on: %s", bin, out)
	if err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		require.True(tb, ok && exit.Exited(), "%s: %v: %s", bin, err, out)
		code = exit.ExitCode()
	}
	return string(out), code
}

// environment returns that of a program with variables of ours.
func environment(tb testing.TB, ours map[string]string) []string {
	tb.Helper()

	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + tb.TempDir()}
	for key, value := range ours {
		env = append(env, "STOCKROOM_"+key+"="+value)
	}
	return env
}

// Serve starts a program, which stops with tb. The others are entries of its
// environment that are not of ours.
func Serve(tb testing.TB, name string, env map[string]string, others ...string) *Process {
	tb.Helper()
	return startWith(tb, name, build(tb, name), append(environment(tb, env), others...))
}

// Variable returns the value of a variable of ours in the environment of p.
func (p *Process) Variable(name string) string {
	for _, entry := range p.env {
		if value, ok := strings.CutPrefix(entry, "STOCKROOM_"+name+"="); ok {
			return value
		}
	}
	return ""
}
