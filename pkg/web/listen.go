package web

import (
	"context"
	"errors"
	"fmt"
	"net"
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

// Close closes both doors. It does not mind what [Serve] has closed already.
func (d Doors) Close() error {
	return errors.Join(shut(d.Public), shut(d.Internal))
}

func shut(ln net.Listener) error {
	if ln == nil {
		return nil
	}
	if err := ln.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}
