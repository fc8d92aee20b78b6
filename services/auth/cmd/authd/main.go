// Command authd runs the auth service, configured by its environment.
package main

import (
	"context"
	"log/slog"

	"stockroom/pkg/importing"
	"stockroom/pkg/run"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/web"
	"stockroom/services/auth/authd"
)

func main() {
	run.Main("auth", serve,
		run.Verb{Name: "migrate", About: "bring the schema up to date, and end", Do: run.With(migrate)},
		run.Verb{Name: "raise-epoch", About: "after a restore of the database and before anything serves: make those who follow its log start over", Do: run.With(raiseEpoch)},
		run.Verb{Name: "import", About: "take over the password hashes of the database at STOCKROOM_IMPORT_URL, for accounts that users has", Do: run.With(take(false))},
		run.Verb{Name: "check-import", About: "say which of them import would not take as they are", Do: run.With(take(true))},
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

// take imports from another system, or only rehearses that.
func take(rehearse bool) func(context.Context, authd.Config, *slog.Logger) error {
	return func(ctx context.Context, cfg authd.Config, log *slog.Logger) error {
		return importing.Do(ctx, cfg.ImportURL, log, func(ctx context.Context, s *importing.Source, w importing.Watcher) (importing.Result, error) {
			return authd.Import(ctx, cfg.DatabaseURL, authd.KnownToUsers(cfg), s, rehearse, w)
		})
	}
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
