package run_test

import (
	"errors"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMainDoesWhatItIsTold(t *testing.T) {
	t.Parallel()

	for name, c := range map[string]struct {
		words []string
		code  int
		says  string
	}{
		"Verb":         {[]string{"greet"}, 0, "hello"},
		"FailingVerb":  {[]string{"slip"}, 1, "ice"},
		"Version":      {[]string{"version"}, 0, "run.test dev"},
		"Help":         {[]string{"--help"}, 0, "be polite"},
		"UnknownWord":  {[]string{"fly"}, 2, "usage: run.test"},
		"TooManyWords": {[]string{"greet", "all"}, 2, "be polite"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			said, code := output(t, start(t, "verbs", c.words...))
			require.Equal(t, c.code, code, said)
			require.Contains(t, said, c.says)
		})
	}
}

// output runs cmd and returns what it wrote and its exit code.
func output(t *testing.T, cmd *exec.Cmd) (said string, code int) {
	t.Helper()

	out, err := cmd.CombinedOutput()
	if err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		require.True(t, ok, "%v", err)
		code = exit.ExitCode()
	}
	return string(out), code
}
