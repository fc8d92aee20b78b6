package run

import (
	"context"
	"log/slog"

	"github.com/caarlos0/env/v11"
)

// Config returns the configuration of a program from [Environment]. The tags of
// the fields of C say which variable each is, without STOCKROOM_ before it.
func Config[C any]() (C, error) {
	vars, err := Environment()
	if err != nil {
		var none C
		return none, err
	}
	return env.ParseAsWithOptions[C](env.Options{Prefix: prefix, Environment: vars})
}

// With returns what a [Verb] does that needs the configuration of its program.
func With[C any](do func(ctx context.Context, cfg C, log *slog.Logger) error) func(context.Context, *slog.Logger) error {
	return func(ctx context.Context, log *slog.Logger) error {
		cfg, err := Config[C]()
		if err != nil {
			return err
		}
		return do(ctx, cfg, log)
	}
}
