// Command usersd runs the users service, configured by its environment.
package main

import (
	"context"
	"encoding/hex"
	"log/slog"

	"stockroom/pkg/importing"
	"stockroom/pkg/run"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/web"
	"stockroom/services/users/usersd"
)

func main() {
	run.Main("users", serve,
		run.Verb{Name: "migrate", About: "bring the schema up to date, and end", Do: run.With(migrate)},
		run.Verb{Name: "raise-epoch", About: "after a restore of the database and before anything serves: make caches start over", Do: run.With(raiseEpoch)},
		run.Verb{Name: "verify-audit", About: "look whether the audit trail is what was written, and end", Do: run.With(verifyAudit)},
		run.Verb{Name: "import", About: "take over the accounts of the database at STOCKROOM_IMPORT_URL", Do: run.With(take(false))},
		run.Verb{Name: "check-import", About: "say which of them import would not take as they are", Do: run.With(take(true))},
		run.Verb{Name: "health", About: "ask the one that serves here whether it is ready", Do: run.With(health)},
	)
}

func serve(ctx context.Context, t *telemetry.Telemetry) (run.Server, error) {
	cfg, err := run.Config[usersd.Config]()
	if err != nil {
		return nil, err
	}
	doors, err := web.Listen(ctx, cfg.Addr, cfg.InternalAddr)
	if err != nil {
		return nil, err
	}
	return usersd.New(ctx, cfg, doors, t)
}

func migrate(ctx context.Context, cfg usersd.Config, log *slog.Logger) error {
	if err := usersd.Migrate(ctx, cfg.DatabaseURL); err != nil {
		return err
	}
	log.InfoContext(ctx, "the schema is up to date")
	return nil
}

func raiseEpoch(ctx context.Context, cfg usersd.Config, log *slog.Logger) error {
	head, err := usersd.RaiseEpoch(ctx, cfg.DatabaseURL)
	if err != nil {
		return err
	}
	log.InfoContext(ctx, "a new epoch has begun", "epoch", head.Epoch, "seq", head.Seq)
	return nil
}

// take imports from another system, or only rehearses that.
func take(rehearse bool) func(context.Context, usersd.Config, *slog.Logger) error {
	return func(ctx context.Context, cfg usersd.Config, log *slog.Logger) error {
		return importing.Do(ctx, cfg.ImportURL, log, func(ctx context.Context, s *importing.Source, w importing.Watcher) (importing.Result, error) {
			return usersd.Import(ctx, cfg.DatabaseURL, s, rehearse, w)
		})
	}
}

func verifyAudit(ctx context.Context, cfg usersd.Config, log *slog.Logger) error {
	trail, err := usersd.VerifyAudit(ctx, cfg.DatabaseURL)
	if err != nil {
		return err
	}
	log.InfoContext(ctx, "the audit trail is what was written",
		"rows", trail.Rows, "older_than_the_hashes", trail.Older, "seq", trail.Seq, "hash", hex.EncodeToString(trail.Hash))
	return nil
}

func health(ctx context.Context, cfg usersd.Config, _ *slog.Logger) error {
	return web.Probe(ctx, cfg.InternalAddr, "/readyz")
}
