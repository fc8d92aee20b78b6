package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"
)

// Doors are the listeners of one service.
type Doors struct {
	Public   net.Listener
	Internal net.Listener
}

// Listen opens both doors. Use ":0" for any free port.
func Listen(ctx context.Context, addr, internalAddr string) (Doors, error) {
	var config net.ListenConfig
	public, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return Doors{}, fmt.Errorf("open the public door: %w", err)
	}
	internal, err := config.Listen(ctx, "tcp", internalAddr)
	if err != nil {
		return Doors{}, errors.Join(fmt.Errorf("open the internal door: %w", err), public.Close())
	}
	return Doors{Public: public, Internal: internal}, nil
}

// Close closes both doors. Doors that [Serve] has closed already are fine.
func (d Doors) Close() error {
	return errors.Join(shut(d.Public), shut(d.Internal))
}

func shut(ln net.Listener) error {
	if ln == nil {
		return nil
	}
	if err := ln.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Serve answers requests on ln until ctx is done. Then it takes no more
// connections, closes those that wait, and lets the requests under way finish,
// telling their clients to close. It fails if that takes longer than grace.
func Serve(ctx context.Context, app *fiber.App, ln net.Listener, grace time.Duration) error {
	done := make(chan error, 1)
	go func() { done <- app.Listener(ln) }()

	select {
	case err := <-done:
		return fmt.Errorf("serve %s: %w", ln.Addr(), err)
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := app.ShutdownWithContext(ctx); err != nil {
		return fmt.Errorf("stop serving %s: %w", ln.Addr(), err)
	}
	return <-done
}
