// Package run starts and stops programs: on their own, or several in one process.
package run

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sync/errgroup"

	"stockroom/pkg/telemetry"
)

// Server is something that works until ctx is done and then stops cleanly,
// which is no error.
type Server interface {
	Run(ctx context.Context) error
}

// Main runs one program until it is interrupted or fails, and exits with a
// status that tells which. It is all that a main function does. A second
// signal ends the program at once.
//
// The log goes to standard output, from STOCKROOM_LOG_LEVEL on. Service is what
// the program is called in traces, which the variables OTEL_* configure.
func Main(service string, start func(ctx context.Context, t *telemetry.Telemetry) (Server, error)) {
	log, err := telemetry.NewLogger(os.Stdout, os.Getenv("STOCKROOM_LOG_LEVEL"))
	if err == nil {
		err = untilSignal(service, start, log)
	} else {
		log = slog.New(slog.NewJSONHandler(os.Stdout, nil))
	}
	if err != nil {
		log.Error("stopped", "err", err)
		os.Exit(1)
	}
}

func untilSignal(service string, start func(context.Context, *telemetry.Telemetry) (Server, error), log *slog.Logger) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // from the first signal on, the next has its usual effect

	t, err := telemetry.FromEnv(ctx, service, log)
	if err != nil {
		return err
	}
	defer t.Close(ctx)
	srv, err := start(ctx, t)
	if err != nil {
		return err
	}
	return srv.Run(ctx)
}

// All runs several servers in one process, until ctx is done or one of them
// returns: they belong together, so when one stops, all stop. It waits for all
// of them and returns the first failure.
func All(ctx context.Context, servers ...Server) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()

	g, ctx := errgroup.WithContext(ctx)
	for _, s := range servers {
		g.Go(func() error {
			defer stop()
			return s.Run(ctx)
		})
	}
	return g.Wait()
}
