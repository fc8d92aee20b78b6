// Command gatewayd runs the gateway, configured by its environment.
package main

import (
	"context"
	"log/slog"

	"stockroom/gateway/gatewayd"
	"stockroom/pkg/run"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/web"
)

func main() {
	run.Main("gateway", serve,
		run.Verb{Name: "health", About: "ask the one that serves here whether it is ready", Do: run.With(health)},
	)
}

func serve(ctx context.Context, t *telemetry.Telemetry) (run.Server, error) {
	cfg, err := run.Config[gatewayd.Config]()
	if err != nil {
		return nil, err
	}
	doors, err := web.Listen(ctx, cfg.Addr, cfg.InternalAddr)
	if err != nil {
		return nil, err
	}
	return gatewayd.New(ctx, cfg, doors, t)
}

func health(ctx context.Context, cfg gatewayd.Config, _ *slog.Logger) error {
	return web.Probe(ctx, cfg.InternalAddr, "/readyz")
}
