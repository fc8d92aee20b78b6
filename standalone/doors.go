package standalone

import (
	"context"
	"errors"

	"stockroom/pkg/web"
)

// doors is the doors of everything.
type doors struct{ gateway, auth, users, catalog web.Doors }

// loopback is a free port that only this machine can reach.
const loopback = "127.0.0.1:0"

func openDoors(ctx context.Context, addr string) (doors, error) {
	var d doors
	for _, o := range []struct {
		doors *web.Doors
		addr  string
	}{{&d.gateway, addr}, {&d.auth, loopback}, {&d.users, loopback}, {&d.catalog, loopback}} {
		opened, err := web.Listen(ctx, o.addr, loopback)
		if err != nil {
			return doors{}, errors.Join(err, d.close())
		}
		*o.doors = opened
	}
	return d, nil
}

func (d doors) close() error {
	return errors.Join(d.gateway.Close(), d.auth.Close(), d.users.Close(), d.catalog.Close())
}

func publicURL(d web.Doors) string { return "http://" + d.Public.Addr().String() }

func internalURL(d web.Doors) string { return "http://" + d.Internal.Addr().String() }
