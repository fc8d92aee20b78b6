package main

import (
	"context"
	"fmt"
	"time"

	"stockroom/bench/load"
	"stockroom/bench/proxy"
)

const (
	looks = 20              // at the memory, in the course of it
	fresh = 5 * time.Minute // that tokens are used, which expire a little later
)

// endure sends the gateway requests of all kinds, and prints what memory it has
// while it answers them.
func (f *field) endure(ctx context.Context, s settings) error {
	gateway, err := f.start(ctx, proxy.Gateway())
	if err != nil {
		return err
	}
	var (
		plans []load.Plan
		made  time.Time
	)
	fmt.Println("| requests | resident MiB |\n|---:|---:|")
	for sent := int64(0); sent < s.requests; {
		if time.Since(made) > fresh {
			if plans, err = f.plans(ctx, s, gateway.Addr); err != nil {
				return err
			}
			made = time.Now()
		}
		for _, plan := range plans {
			done, err := load.Count(ctx, plan, max(1, s.requests/looks/int64(len(plans))))
			if err != nil {
				return err
			}
			sent += done.Requests
		}
		usage, err := gateway.Usage()
		if err != nil {
			return err
		}
		fmt.Printf("| %d | %.1f |\n", sent, float64(usage.Memory)/(1<<20))
		if err := gateway.Forget(); err != nil {
			return err
		}
	}
	return nil
}

// plans returns one for each kind of traffic.
func (f *field) plans(ctx context.Context, s settings, addr string) (all []load.Plan, err error) {
	for _, kind := range kinds {
		plan, err := f.plan(ctx, s, addr, kind)
		if err != nil {
			return nil, err
		}
		all = append(all, plan)
	}
	return all, nil
}
