// Command withservers runs a command with a PostgreSQL server for its tests:
//
//	withservers go test ./...
//
// Without it every test process starts a server of its own, which takes longer.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"stockroom/pkg/testkit/servers"
)

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func run(args []string) (code int, err error) {
	if len(args) == 0 {
		return 2, errors.New("usage: withservers command [argument...]")
	}
	// Signals reach the command, too; this process waits for it and cleans up.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	if os.Getenv("TEST_POSTGRES_URL") == "" {
		server, err := servers.Postgres(ctx)
		if err != nil {
			return 1, err
		}
		defer server.Stop() //nolint:errcheck // it ends with this process at the latest
		if err := os.Setenv("TEST_POSTGRES_URL", server.URL); err != nil {
			return 1, err
		}
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return max(exit.ExitCode(), 1), nil
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}
