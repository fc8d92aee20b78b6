// Command usersd runs the users service, configured by its environment.
package main

import (
	"context"
	"encoding/hex"
	"log/slog"

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
