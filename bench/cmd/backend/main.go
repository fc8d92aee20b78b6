// Command backend answers as the services behind the gateway do, as cheaply as
// that can be done: with one product of about 500 bytes, whatever it is asked
// for. Its other door is the internal one of all of them, and hands out access
// tokens that the gateway takes for good.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/valyala/fasthttp"
	"golang.org/x/sync/errgroup"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8003", "where it answers")
	internal := flag.String("internal", "127.0.0.1:9003", "where it is asked for readiness, keys, revocations and tokens")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, *internal); err != nil {
		fmt.Fprintln(os.Stderr, "backend:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, addr, internal string) error {
	issuer, err := newIssuer()
	if err != nil {
		return err
	}
	app := inside(issuer)
	server := &fasthttp.Server{Handler: answer, NoDefaultServerHeader: true}

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return server.ListenAndServe(addr) })
	g.Go(func() error { return app.Listen(internal) })
	g.Go(func() error {
		<-ctx.Done()
		return app.Shutdown()
	})
	g.Go(func() error {
		<-ctx.Done()
		return server.Shutdown()
	})
	return g.Wait()
}
