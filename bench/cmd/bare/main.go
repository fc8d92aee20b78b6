// Command bare is the least that a proxy in Go can be: fasthttp on both sides,
// and nothing in between. It logs, limits, counts and refuses nothing.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/valyala/fasthttp"
	"golang.org/x/sync/errgroup"

	"stockroom/bench/profile"
)

const timeout = 10 * time.Second

func main() {
	addr := flag.String("addr", "127.0.0.1:8000", "where it listens")
	backend := flag.String("backend", "127.0.0.1:8003", "where it sends requests on")
	door := flag.String("profile", "", "where it tells where its time goes, if anywhere")
	flag.Parse()

	client := &fasthttp.HostClient{Addr: *backend, MaxConns: 256, ReadTimeout: timeout, WriteTimeout: timeout}
	server := &fasthttp.Server{NoDefaultServerHeader: true, Handler: func(ctx *fasthttp.RequestCtx) {
		if err := client.Do(&ctx.Request, &ctx.Response); err != nil {
			ctx.Error("bad gateway", fasthttp.StatusBadGateway)
		}
	}}
	g, ctx := errgroup.WithContext(context.Background())
	g.Go(func() error { return server.ListenAndServe(*addr) })
	if *door != "" {
		g.Go(func() error { return profile.Serve(ctx, *door) })
	}
	if err := g.Wait(); err != nil {
		fmt.Fprintln(os.Stderr, "bare:", err)
		os.Exit(1)
	}
}
