// Command catalogd runs the catalog service, configured by its environment.
package main

import (
	"context"

	"github.com/caarlos0/env/v11"

	"stockroom/pkg/run"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/web"
	"stockroom/services/catalog/catalogd"
)

func main() {
	run.Main("catalog", func(ctx context.Context, t *telemetry.Telemetry) (run.Server, error) {
		cfg, err := env.ParseAsWithOptions[catalogd.Config](env.Options{Prefix: "STOCKROOM_"})
		if err != nil {
			return nil, err
		}
		doors, err := web.Listen(ctx, cfg.Addr, cfg.InternalAddr)
		if err != nil {
			return nil, err
		}
		return catalogd.New(ctx, cfg, doors, t)
	})
}
