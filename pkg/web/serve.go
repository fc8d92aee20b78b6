package web

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"stockroom/pkg/wire"
)

// farewell is how long clients that keep connections open have to send one
// more request and learn from its answer that the connection is going to close.
const farewell = 300 * time.Millisecond

// Serve answers requests on ln until ctx is done. Then it takes no more
// connections, lets the requests under way finish, tells their clients to
// close, and at last closes the connections that stay idle. It fails if that
// takes longer than grace.
func Serve(ctx context.Context, app *fiber.App, ln net.Listener, grace time.Duration) error {
	var leaving atomic.Bool
	server := app.Server()
	server.Handler = polite(server.Handler, &leaving)

	door := wire.Listen(ln) // which the server may close again
	done := make(chan error, 1)
	go func() { done <- app.Listener(door) }()

	select {
	case err := <-done:
		return fmt.Errorf("serve %s: %w", ln.Addr(), err)
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	leaving.Store(true)
	if err := door.Close(); err != nil {
		return fmt.Errorf("close %s: %w", ln.Addr(), err)
	}
	if err := <-done; err != nil {
		return fmt.Errorf("serve %s: %w", ln.Addr(), err)
	}
	emptied(ctx, server)
	if err := app.ShutdownWithContext(ctx); err != nil {
		return fmt.Errorf("stop serving %s: %w", ln.Addr(), err)
	}
	return nil
}

// polite makes every answer the last one of its connection once leaving is set.
// Just closing an idle connection would lose a request that is on its way.
func polite(next fasthttp.RequestHandler, leaving *atomic.Bool) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		next(ctx)
		if leaving.Load() {
			ctx.SetConnectionClose()
		}
	}
}

// emptied waits until no connection is left, but not longer than the farewell.
func emptied(ctx context.Context, server *fasthttp.Server) {
	ctx, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	// The server counts its listening as a connection, also when that is over.
	for server.GetOpenConnectionsCount()+1 > 0 {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
