// Command authd runs the auth service, configured by its environment.
package main

import (
	"context"
	"log/slog"

	"stockroom/pkg/run"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/web"
	"stockroom/services/auth/authd"
)

func main() {
	run.Main("auth", serve,
		run.Verb{Name: "migrate", About: "bring the schema up to date, and end", Do: run.With(migrate)},
		run.Verb{Name: "raise-epoch", About: "after a restore of the database and before anything serves: make those who follow its log start over", Do: run.With(raiseEpoch)},
		run.Verb{Name: "health", About: "ask the one that serves here whether it is ready", Do: run.With(health)},
	)
}

func serve(ctx context.Context, t *telemetry.Telemetry) (run.Server, error) {
	cfg, err := run.Config[authd.Config]()
	if err != nil {
		return nil, err
	}
	cfg.Hashers, cfg.HashAside = authd.MakeRoom(cfg.Hashers), true
	doors, err := web.Listen(ctx, cfg.Addr, cfg.InternalAddr)
	if err != nil {
		return nil, err
	}
	return authd.New(ctx, cfg, doors, t)
}

func migrate(ctx context.Context, cfg authd.Config, log *slog.Logger) error {
	if err := authd.Migrate(ctx, cfg.DatabaseURL); err != nil {
		return err
	}
	log.InfoContext(ctx, "the schema is up to date")
	return nil
}

func raiseEpoch(ctx context.Context, cfg authd.Config, log *slog.Logger) error {
	head, err := authd.RaiseEpoch(ctx, cfg.DatabaseURL)
	if err != nil {
		return err
	}
	log.InfoContext(ctx, "a new epoch has begun", "epoch", head.Epoch, "seq", head.Seq)
	return nil
}

func health(ctx context.Context, cfg authd.Config, _ *slog.Logger) error {
	return web.Probe(ctx, cfg.InternalAddr, "/readyz")
}
