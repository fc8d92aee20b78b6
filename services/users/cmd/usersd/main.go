// Command usersd runs the users service, configured by its environment.
package main

import (
	"context"
	"log/slog"

	"github.com/caarlos0/env/v11"

	"stockroom/pkg/run"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/web"
	"stockroom/services/users/usersd"
)

func main() {
	run.Main("users", serve,
		run.Verb{Name: "migrate", About: "bring the schema up to date, and end", Do: migrate},
		run.Verb{Name: "raise-epoch", About: "after a restore of the database and before anything serves: make caches start over", Do: raiseEpoch},
		run.Verb{Name: "health", About: "ask the one that serves here whether it is ready", Do: health},
	)
}

func config() (usersd.Config, error) {
	vars, err := run.Environment()
	if err != nil {
		return usersd.Config{}, err
	}
	return env.ParseAsWithOptions[usersd.Config](env.Options{Prefix: "STOCKROOM_", Environment: vars})
}

func serve(ctx context.Context, t *telemetry.Telemetry) (run.Server, error) {
	cfg, err := config()
	if err != nil {
		return nil, err
	}
	doors, err := web.Listen(ctx, cfg.Addr, cfg.InternalAddr)
	if err != nil {
		return nil, err
	}
	return usersd.New(ctx, cfg, doors, t)
}

func migrate(ctx context.Context, log *slog.Logger) error {
	cfg, err := config()
	if err != nil {
		return err
	}
	if err := usersd.Migrate(ctx, cfg.DatabaseURL); err != nil {
		return err
	}
	log.InfoContext(ctx, "the schema is up to date")
	return nil
}

func raiseEpoch(ctx context.Context, log *slog.Logger) error {
	cfg, err := config()
	if err != nil {
		return err
	}
	head, err := usersd.RaiseEpoch(ctx, cfg.DatabaseURL)
	if err != nil {
		return err
	}
	log.InfoContext(ctx, "a new epoch has begun", "epoch", head.Epoch, "seq", head.Seq)
	return nil
}

func health(ctx context.Context, _ *slog.Logger) error {
	cfg, err := config()
	if err != nil {
		return err
	}
	return web.Probe(ctx, cfg.InternalAddr, "/readyz")
}
