package peer

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"time"
)

// Resolver finds the addresses of a host. [net.Resolver] is one.
type Resolver interface {
	LookupHost(ctx context.Context, host string) ([]string, error)
}

// Dialer connects to any of the addresses that a name leads to. Where nothing
// answers, not even with a refusal, it does not wait for long: one of
// [net.Dialer] waits until little is left of the time of the request.
type Dialer struct {
	Resolver Resolver // nil: the one of Go
}

const connectTimeout = time.Second // one lost packet

// DialContext connects to addr, a host and a port.
func (d *Dialer) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	addrs, err := d.resolver().LookupHost(ctx, host)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	rand.Shuffle(len(addrs), func(i, j int) { addrs[i], addrs[j] = addrs[j], addrs[i] })

	one := net.Dialer{Timeout: connectTimeout}
	failed := make([]error, 0, len(addrs))
	for _, ip := range addrs {
		c, err := one.DialContext(ctx, network, net.JoinHostPort(ip, port))
		if err == nil {
			return c, nil
		}
		failed = append(failed, err)
		if ctx.Err() != nil {
			break
		}
	}
	return nil, errors.Join(failed...)
}

func (d *Dialer) resolver() Resolver {
	if d.Resolver == nil {
		return &net.Resolver{PreferGo: true}
	}
	return d.Resolver
}
