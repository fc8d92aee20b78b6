package web

import (
	"net"
	"net/netip"

	"github.com/gofiber/fiber/v2"
)

// HeaderForwardedFor names the header in which the gateway tells a service
// where a request comes from: one address, and no other header of that name.
const HeaderForwardedFor = "X-Forwarded-For"

// ClientAddress returns the address that a request came from to the gateway.
// It believes the gateway always, for nobody else can reach a service: the
// networks between them are made so. Without its word, or with several, it is
// the address of whoever is connected.
func ClientAddress(c *fiber.Ctx) netip.Addr {
	if said := c.Request().Header.PeekAll(HeaderForwardedFor); len(said) == 1 {
		if a, err := netip.ParseAddr(string(said[0])); err == nil {
			return a.Unmap().WithZone("")
		}
	}
	if tcp, ok := c.Context().RemoteAddr().(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}
