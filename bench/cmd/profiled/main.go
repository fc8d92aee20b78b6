// Command profiled is gatewayd, with a door at BENCH_PPROF_ADDR for go tool pprof.
// The gateway itself has none: what it would show belongs to nobody outside.
package main

import (
	"context"
	"net/http"
	"net/http/pprof"
	"os"
	"time"

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
	return together{gateway, &profiler{os.Getenv("BENCH_PPROF_ADDR")}}, nil
}

// together runs the gateway and the door.
type together []run.Server

// Run implements [run.Server].
func (all together) Run(ctx context.Context) error { return run.All(ctx, all...) }

// profiler is the door.
type profiler struct{ addr string }

// Run implements [run.Server].
func (p *profiler) Run(ctx context.Context) error {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	server := &http.Server{Addr: p.addr, Handler: mux, ReadHeaderTimeout: time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() }) // nobody waits for a profile any more
	defer stop()
	if err := server.ListenAndServe(); ctx.Err() == nil {
		return err
	}
	return nil
}
