// Command gatewayd is the gateway as a process of its own.
package main

import (
	"context"
	"fmt"

	"github.com/caarlos0/env/v11"

	"stockroom/gateway/gatewayd"
	"stockroom/pkg/run"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/web"
)

func main() {
	run.Main("gateway", func(ctx context.Context, t *telemetry.Telemetry) (run.Server, error) {
		cfg, err := env.ParseAsWithOptions[gatewayd.Config](env.Options{Prefix: "STOCKROOM_"})
		if err != nil {
			return nil, fmt.Errorf("configuration: %w", err)
		}
		doors, err := web.Listen(ctx, cfg.Addr, cfg.InternalAddr)
		if err != nil {
			return nil, err
		}
		return gatewayd.New(ctx, cfg, doors, t)
	})
}
