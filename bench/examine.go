package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sync/errgroup"

	"stockroom/bench/profile"
	"stockroom/bench/proxy"
)

// examine looks at what the gateway does while it answers each kind of requests,
// and at the floor.
func (f *field) examine(ctx context.Context, s settings) error {
	for _, profiled := range []func(door string) proxy.Proxy{proxy.Profiled, proxy.ProfiledBare} {
		door, err := proxy.FreeAddr()
		if err != nil {
			return err
		}
		p := profiled(door)
		running, err := f.start(ctx, p)
		if err != nil {
			return err
		}
		for _, kind := range kinds {
			if err := f.look(ctx, s, runner{Running: running, name: p.Name}, door, kind); err != nil {
				return fmt.Errorf("%s, %s: %w", p.Name, kind.name, err)
			}
		}
	}
	return nil
}

func (f *field) look(ctx context.Context, s settings, r runner, door string, kind traffic) error {
	plan, err := f.plan(ctx, s, r.Addr, kind)
	if err != nil {
		return err
	}
	var data []byte
	g, asking := errgroup.WithContext(ctx)
	g.Go(func() (err error) { data, err = profile.Fetch(asking, door, s.each); return err })
	t := turn{plan: plan}
	err = t.spend(ctx, r.Program, s.each)
	if err := errors.Join(err, g.Wait()); err != nil {
		return err
	}
	file := strings.ReplaceAll(s.profile+"-"+r.name+"-"+kind.name, " ", "-")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return err
	}
	parts, err := profile.Split(data)
	if err != nil {
		return err
	}
	fmt.Printf("\n| %s, %s | µs | of it in the kernel |\n|---|---:|---:|\n", r.name, kind.name)
	for _, p := range parts {
		fmt.Printf("| %s | %.1f | %.1f |\n", p.Name, t.cost()*(p.Kernel+p.Self), t.cost()*p.Kernel)
	}
	fmt.Printf("| all (`go tool pprof %s` tells more) | %.1f | |\n", file, t.cost())
	return r.Forget()
}
