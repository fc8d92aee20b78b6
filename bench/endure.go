package main

import (
	"context"
	"fmt"

	"stockroom/bench/load"
	"stockroom/bench/proxy"
)

const looks = 20 // at the memory, in the course of it

// endure sends the gateway requests of all kinds, and prints what memory it has
// while it answers them.
func (f *field) endure(ctx context.Context, s settings) error {
	gateway, err := f.start(ctx, proxy.Gateway())
	if err != nil {
		return err
	}
	fmt.Println("| requests | resident MiB |\n|---:|---:|")
	for sent := int64(0); ; {
		usage, err := gateway.Usage()
		if err != nil {
			return err
		}
		fmt.Printf("| %d | %.1f |\n", sent, float64(usage.Memory)/(1<<20))
		if sent >= s.requests {
			return nil
		}
		for _, kind := range kinds {
			requests, err := kind.make(ctx, f) // new tokens each time: old ones expire
			if err != nil {
				return err
			}
			plan := load.Plan{Addr: gateway.Addr, Requests: requests, Connections: s.connections}
			done, err := load.Count(ctx, plan, max(1, s.requests/looks/int64(len(kinds))))
			if err != nil {
				return err
			}
			sent += done.Requests
		}
		if err := gateway.Forget(); err != nil {
			return err
		}
	}
}
