// Command usersd runs the users service.
package main

import (
	"context"

	"github.com/caarlos0/env/v11"

	"stockroom/pkg/run"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/web"
	"stockroom/services/users/usersd"
)

func main() {
	run.Main("users", func(ctx context.Context, t *telemetry.Telemetry) (run.Server, error) {
		cfg, err := env.ParseAsWithOptions[usersd.Config](env.Options{Prefix: "STOCKROOM_"})
		if err != nil {
			return nil, err
		}
		doors, err := web.Listen(ctx, cfg.Addr, cfg.InternalAddr)
		if err != nil {
			return nil, err
		}
		return usersd.New(ctx, cfg, doors, t)
	})
}
