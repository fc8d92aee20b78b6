// Package run starts and stops programs: on their own, or several in one process.
package run

import (
	"context"
	"errors"
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

// Main does what the program was told to on its command line: it serves, which
// needs no word, or does one of verbs. It runs until it is done, interrupted or
// fails, and exits with a status that tells which; 2 means that it was told
// something it does not know, 3 is for [ErrPartly]. A second signal ends the
// program at once.
//
// It is all that a main function does. The log goes to standard output, from
// STOCKROOM_LOG_LEVEL on. Service is what the program is called in traces, which
// the variables OTEL_* configure.
func Main(service string, start func(ctx context.Context, t *telemetry.Telemetry) (Server, error), verbs ...Verb) {
	p := newProgram(serve(service, start), verbs)
	verb, ok := p.told(os.Args[1:])
	if !ok {
		p.usage(os.Stderr)
		os.Exit(2)
	}
	out := telemetry.NewBuffer(os.Stdout)
	log, err := logger(out)
	if err == nil {
		err = untilSignal(verb.Do, log)
	}
	if err != nil {
		log.Error("stopped", "err", err)
	}
	_ = out.Flush() // if nobody reads the log, nobody can be told
	if err != nil {
		os.Exit(Status(err))
	}
}

// ErrPartly says that something was done, but not all of it, and that repeating
// it does not change that.
var ErrPartly = errors.New("done in part")

// Status returns what a program exits with after err.
func Status(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, ErrPartly):
		return 3
	}
	return 1
}

// logger returns a logger in any case: the error has to go somewhere.
func logger(out *telemetry.Buffer) (*slog.Logger, error) {
	env, err := Environment()
	if err == nil {
		var log *slog.Logger
		if log, err = telemetry.NewLogger(out, env["STOCKROOM_LOG_LEVEL"]); err == nil {
			return log, nil
		}
	}
	return slog.New(slog.NewJSONHandler(out, nil)), err
}

func untilSignal(do func(context.Context, *slog.Logger) error, log *slog.Logger) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // from the first signal on, the next has its usual effect

	return do(ctx, log)
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
