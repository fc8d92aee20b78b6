package ingress

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
)

// Proxies is the networks of the proxies that stand before the gateway. What
// they say about where a request comes from is believed.
type Proxies []netip.Prefix

// Check returns what is wrong with ps. A network of everybody is refused: then
// every client could choose its own address.
func (ps Proxies) Check() error {
	for _, p := range ps {
		if !p.IsValid() || p.Bits() == 0 {
			return fmt.Errorf("%s: these are all addresses there are, not those of proxies", p)
		}
	}
	return nil
}

// maxHops is how many entries of X-Forwarded-For are read.
const maxHops = 32

// Client returns the address that a request comes from: that of peer, unless
// peer is a proxy; then the last one in forwarded, the values of all its
// X-Forwarded-For headers, that is not a proxy's. What stands further left, its
// sender may have made up. If an entry is no address, or all of them are
// proxies, it is the last proxy. It is not valid if peer has no address.
func (ps Proxies) Client(peer net.Addr, forwarded [][]byte) netip.Addr {
	client := addressOf(peer)
	hops := 0
	for i := len(forwarded) - 1; i >= 0; i-- {
		for list := forwarded[i]; list != nil; hops++ {
			if hops == maxHops || !ps.Contain(client) {
				return client
			}
			var entry []byte
			if comma := bytes.LastIndexByte(list, ','); comma >= 0 {
				list, entry = list[:comma], list[comma+1:]
			} else {
				list, entry = nil, list
			}
			next, ok := parseHop(entry)
			if !ok {
				return client
			}
			client = next
		}
	}
	return client
}

// Contain reports whether a is the address of a proxy.
func (ps Proxies) Contain(a netip.Addr) bool {
	for _, p := range ps {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// maxHop is longer than any address with a port is.
const maxHop = 64

// parseHop reads an entry of X-Forwarded-For. Some proxies add the port.
func parseHop(entry []byte) (netip.Addr, bool) {
	entry = bytes.Trim(entry, " \t")
	if len(entry) > maxHop {
		return netip.Addr{}, false
	}
	if a, err := netip.ParseAddr(string(entry)); err == nil {
		return plain(a), true
	}
	ap, err := netip.ParseAddrPort(string(entry))
	return plain(ap.Addr()), err == nil
}

func addressOf(peer net.Addr) netip.Addr {
	if tcp, ok := peer.(*net.TCPAddr); ok {
		return plain(tcp.AddrPort().Addr())
	}
	return netip.Addr{}
}

// plain returns a in the one form that it is compared in.
func plain(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }
