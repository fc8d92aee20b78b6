// Command catalogd runs the catalog service, configured by its environment.
package main

import (
	"context"
	"log/slog"

	"github.com/caarlos0/env/v11"

	"stockroom/pkg/run"
	"stockroom/pkg/web"
	"stockroom/services/catalog/catalogd"
)

func main() {
	run.Main(func(ctx context.Context, log *slog.Logger) (run.Server, error) {
		cfg, err := env.ParseAsWithOptions[catalogd.Config](env.Options{Prefix: "STOCKROOM_"})
		if err != nil {
			return nil, err
		}
		doors, err := web.Listen(ctx, cfg.Addr, cfg.InternalAddr)
		if err != nil {
			return nil, err
		}
		return catalogd.New(ctx, cfg, doors, log)
	})
}
