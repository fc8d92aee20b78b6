package main

import (
	"context"
	"fmt"
	"os"

	"stockroom/bench/program"
	"stockroom/bench/proxy"
	"stockroom/pkg/testkit/servers"
)

// field is what stands around the proxies: the backend, and Redis for the limits
// of the gateway.
type field struct {
	at      proxy.Place
	backend *program.Program
	redis   *servers.Server
	running []proxy.Running
}

func open(ctx context.Context, built string) (_ *field, err error) {
	f := &field{at: proxy.Place{Built: built}}
	defer func() {
		if err != nil {
			f.close()
		}
	}()
	if f.at.Dir, err = os.MkdirTemp("", "stockroom-bench-"); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	if f.at.Redis, err = f.startRedis(ctx); err != nil {
		return nil, err
	}
	if f.at.Backend, err = proxy.FreeAddr(); err != nil {
		return nil, err
	}
	if f.at.Inside, err = proxy.FreeAddr(); err != nil {
		return nil, err
	}
	file, err := proxy.Build(ctx, f.at.Dir, "stockroom/bench/cmd/backend")
	if err != nil {
		return nil, err
	}
	f.backend, err = program.Start(ctx, program.Command{
		Name: "backend", Args: []string{file, "-addr", f.at.Backend, "-internal", f.at.Inside}, Dir: f.at.Dir, Addr: f.at.Inside,
	})
	return f, err
}

func (f *field) startRedis(ctx context.Context) (string, error) {
	if url := os.Getenv("TEST_REDIS_URL"); url != "" {
		return url, nil
	}
	port, err := servers.FreePort()
	if err != nil {
		return "", err
	}
	if f.redis, err = servers.Redis(ctx, port); err != nil {
		return "", err
	}
	return f.redis.URL, nil
}

func (f *field) start(ctx context.Context, p proxy.Proxy) (proxy.Running, error) {
	running, err := p.Start(ctx, f.at)
	if err == nil {
		f.running = append(f.running, running)
	}
	return running, err
}

func (f *field) close() {
	for _, p := range f.running {
		p.Stop()
	}
	if f.backend != nil {
		f.backend.Stop()
	}
	if f.redis != nil {
		_ = f.redis.Stop() // it ends with this process at the latest
	}
	_ = os.RemoveAll(f.at.Dir)
}
