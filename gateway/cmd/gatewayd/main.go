// Command gatewayd runs the gateway, configured by its environment.
package main

import (
	"context"
	"log/slog"

	"github.com/caarlos0/env/v11"

	"stockroom/gateway/gatewayd"
	"stockroom/pkg/run"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/web"
)

func main() {
	run.Main("gateway", serve,
		run.Verb{Name: "health", About: "ask the one that serves here whether it is ready", Do: health},
	)
}

func config() (gatewayd.Config, error) {
	vars, err := run.Environment()
	if err != nil {
		return gatewayd.Config{}, err
	}
	return env.ParseAsWithOptions[gatewayd.Config](env.Options{Prefix: "STOCKROOM_", Environment: vars})
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
	return gatewayd.New(ctx, cfg, doors, t)
}

func health(ctx context.Context, _ *slog.Logger) error {
	cfg, err := config()
	if err != nil {
		return err
	}
	return web.Probe(ctx, cfg.InternalAddr, "/readyz")
}
