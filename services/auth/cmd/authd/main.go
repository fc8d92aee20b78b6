// Command authd runs the auth service.
package main

import (
	"context"

	"github.com/caarlos0/env/v11"

	"stockroom/pkg/run"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/web"
	"stockroom/services/auth/authd"
)

func main() {
	run.Main("auth", func(ctx context.Context, t *telemetry.Telemetry) (run.Server, error) {
		cfg, err := env.ParseAsWithOptions[authd.Config](env.Options{Prefix: "STOCKROOM_"})
		if err != nil {
			return nil, err
		}
		doors, err := web.Listen(ctx, cfg.Addr, cfg.InternalAddr)
		if err != nil {
			return nil, err
		}
		return authd.New(ctx, cfg, doors, t)
	})
}
