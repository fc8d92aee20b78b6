package ingress_test

import (
	"net"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/gateway/ingress"
)

// Nobody who is no proxy can say where a request comes from, and nothing that
// stands further left changes what a proxy has said.
func FuzzClient(f *testing.F) {
	f.Add("203.0.113.7, 10.0.0.2", "198.51.100.1")
	f.Add("[2001:db8::7]:80,fe80::1%eth0", "_hidden")
	f.Add(",,", "")
	proxies := ingress.Proxies{netip.MustParsePrefix("10.0.0.0/8")}
	stranger := &net.TCPAddr{IP: net.IPv4(203, 0, 113, 9)}
	proxy := &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1)}
	f.Fuzz(func(t *testing.T, said, forged string) {
		require.Equal(t, "203.0.113.9", proxies.Client(stranger, [][]byte{[]byte(said)}).String())
		client := proxies.Client(proxy, [][]byte{[]byte(said)})
		require.True(t, client.IsValid())
		require.Equal(t, client.Unmap().WithZone(""), client)
		if !proxies[0].Contains(client) {
			require.Equal(t, client, proxies.Client(proxy, [][]byte{[]byte(forged + "," + said)}))
			require.Equal(t, client, proxies.Client(proxy, [][]byte{[]byte(forged), []byte(said)}))
		}
	})
}
