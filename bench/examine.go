package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"stockroom/bench/load"
	"stockroom/bench/proxy"
)

// examine looks at what the gateway does while it answers each kind of requests.
func (f *field) examine(ctx context.Context, s settings) error {
	door, err := proxy.FreeAddr()
	if err != nil {
		return err
	}
	gateway, addr, err := f.start(ctx, proxy.Profiled(door))
	if err != nil {
		return err
	}
	for _, kind := range kinds {
		requests, err := kind.make(ctx, f)
		if err != nil {
			return err
		}
		plan := load.Plan{Addr: addr, Requests: requests, Connections: s.connections}
		if err := warm(ctx, plan); err != nil {
			return err
		}
		file := s.profile + "." + strings.ReplaceAll(kind.name, " ", "-")
		g, gctx := errgroup.WithContext(ctx)
		before, err := gateway.Usage()
		if err != nil {
			return err
		}
		var sent load.Result
		g.Go(func() (err error) { sent, err = load.For(gctx, plan, s.each); return err })
		g.Go(func() error { return profile(gctx, door, s.each, file) })
		if err := g.Wait(); err != nil {
			return err
		}
		after, err := gateway.Usage()
		if err != nil {
			return err
		}
		fmt.Printf("\n%s: %.1f µs of %d requests each, see %s\n\n", kind.name,
			float64((after.CPU-before.CPU).Microseconds())/float64(sent.Requests), sent.Requests, file)
		if err := show(ctx, file); err != nil {
			return err
		}
		if err := gateway.Forget(); err != nil {
			return err
		}
	}
	return nil
}

func profile(ctx context.Context, door string, d time.Duration, file string) error {
	ctx, cancel := context.WithTimeout(ctx, d+30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", door, max(1, int(d.Seconds()))), nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	data, err := io.ReadAll(io.LimitReader(res.Body, 64<<20))
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
}

// show prints which functions took the time, with what they called.
func show(ctx context.Context, file string) error {
	cmd := exec.CommandContext(ctx, "go", "tool", "pprof", "-top", "-cum", "-nodecount=60", file)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}
