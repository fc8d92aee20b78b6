// Command profiled is gatewayd, with a door at BENCH_PROFILE_ADDR that tells where
// its time goes. The gateway itself has none: nobody outside is to know.
package main

import (
	"context"
	"os"

	"stockroom/bench/profile"
	"stockroom/gateway/gatewayd"
	"stockroom/pkg/run"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/web"
)

func main() { run.Main("gateway", serve) }

func serve(ctx context.Context, t *telemetry.Telemetry) (run.Server, error) {
	cfg, err := run.Config[gatewayd.Config]()
	if err != nil {
		return nil, err
	}
	doors, err := web.Listen(ctx, cfg.Addr, cfg.InternalAddr)
	if err != nil {
		return nil, err
	}
	gateway, err := gatewayd.New(ctx, cfg, doors, t)
	if err != nil {
		return nil, err
	}
	return together{gateway, door(os.Getenv("BENCH_PROFILE_ADDR"))}, nil
}

// together is the gateway and the door.
type together []run.Server

// Run implements [run.Server].
func (all together) Run(ctx context.Context) error { return run.All(ctx, all...) }

// door is where profiles are asked for.
type door string

// Run implements [run.Server].
func (d door) Run(ctx context.Context) error { return profile.Serve(ctx, string(d)) }
