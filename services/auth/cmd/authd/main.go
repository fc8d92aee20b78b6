// Command authd runs the auth service, configured by its environment.
package main

import (
	"context"
	"log/slog"

	"github.com/caarlos0/env/v11"

	"stockroom/pkg/run"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/web"
	"stockroom/services/auth/authd"
)

func main() {
	run.Main("auth", serve,
		run.Verb{Name: "migrate", About: "bring the schema up to date, and end", Do: migrate},
		run.Verb{Name: "health", About: "ask the one that serves here whether it is ready", Do: health},
	)
}

func config() (authd.Config, error) {
	vars, err := run.Environment()
	if err != nil {
		return authd.Config{}, err
	}
	return env.ParseAsWithOptions[authd.Config](env.Options{Prefix: "STOCKROOM_", Environment: vars})
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
	return authd.New(ctx, cfg, doors, t)
}

func migrate(ctx context.Context, log *slog.Logger) error {
	cfg, err := config()
	if err != nil {
		return err
	}
	if err := authd.Migrate(ctx, cfg.DatabaseURL); err != nil {
		return err
	}
	log.InfoContext(ctx, "the schema is up to date")
	return nil
}

func health(ctx context.Context, _ *slog.Logger) error {
	cfg, err := config()
	if err != nil {
		return err
	}
	return web.Probe(ctx, cfg.InternalAddr, "/readyz")
}
