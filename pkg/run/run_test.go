package run_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/run"
	"stockroom/pkg/telemetry"
)

type server func(ctx context.Context) error

func (s server) Run(ctx context.Context) error { return s(ctx) }

func untilDone(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

func TestAllStopsEverythingWhenOneFails(t *testing.T) {
	t.Parallel()

	broken := errors.New("broken")
	err := run.All(t.Context(), server(untilDone), server(func(context.Context) error { return broken }))
	require.ErrorIs(t, err, broken)
}

func TestAllStopsEverythingWhenOneReturns(t *testing.T) {
	t.Parallel()

	require.NoError(t, run.All(t.Context(), server(untilDone), server(func(context.Context) error { return nil })))
}

func TestAllStopsWithItsContext(t *testing.T) {
	t.Parallel()

	ctx, stop := context.WithCancel(t.Context())
	stop()
	require.NoError(t, run.All(ctx, server(untilDone), server(untilDone)))
}

// program tells the test binary to be a program instead.
const program = "RUN_TEST_PROGRAM"

func TestMain(m *testing.M) {
	switch os.Getenv(program) {
	case "":
		os.Exit(m.Run())
	case "serve":
		run.Main("test", func(context.Context, *telemetry.Telemetry) (run.Server, error) {
			return server(func(ctx context.Context) error {
				_, _ = os.Stdout.WriteString("ready")
				return untilDone(ctx)
			}), nil
		})
	case "fail":
		run.Main("test", func(context.Context, *telemetry.Telemetry) (run.Server, error) {
			return nil, errors.New("no database")
		})
	case "verbs":
		run.Main("test", nil, run.Verb{Name: "greet", About: "be polite", Do: func(context.Context, *slog.Logger) error {
			fmt.Print("hello")
			return nil
		}}, run.Verb{Name: "slip", Do: func(context.Context, *slog.Logger) error { return errors.New("ice") }})
	case "environment":
		env, err := run.Environment()
		if err != nil {
			fmt.Print(err)
			os.Exit(1)
		}
		fmt.Printf("%q", env)
	}
}

func TestMainEndsCleanlyOnSIGTERM(t *testing.T) {
	t.Parallel()

	cmd := start(t, "serve")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	_, err = out.Read(make([]byte, len("ready")))
	require.NoError(t, err)

	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, cmd.Wait())
}

func TestMainExitsWithOneOnFailure(t *testing.T) {
	t.Parallel()

	out, err := start(t, "fail").Output()
	exit, ok := errors.AsType[*exec.ExitError](err)
	require.True(t, ok)
	require.Equal(t, 1, exit.ExitCode())
	require.Contains(t, string(out), "no database")
}

func start(t *testing.T, as string, args ...string) *exec.Cmd {
	t.Helper()

	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(os.Environ(), program+"="+as)
	return cmd
}
