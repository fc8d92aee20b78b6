package ingress_test

import (
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/gateway/ingress"
)

func TestClientIsTheLastThatIsNoProxy(t *testing.T) {
	t.Parallel()

	proxies := ingress.Proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, tt := range map[string]struct {
		peer      string
		forwarded []string
		want      string
	}{
		"NoProxy":               {"203.0.113.7:1", nil, "203.0.113.7"},
		"StrangerSaysSomething": {"203.0.113.7:1", []string{"198.51.100.1"}, "203.0.113.7"},
		"StrangerNamesAProxy":   {"203.0.113.7:1", []string{"198.51.100.1, 10.0.0.1"}, "203.0.113.7"},
		"ProxySaysNothing":      {"10.0.0.1:1", nil, "10.0.0.1"},
		"OneProxy":              {"10.0.0.1:1", []string{"203.0.113.7"}, "203.0.113.7"},
		"ForgedEntries":         {"10.0.0.1:1", []string{"198.51.100.1, 10.0.0.9, 203.0.113.7"}, "203.0.113.7"},
		"ForgedHeader":          {"10.0.0.1:1", []string{"198.51.100.1", "203.0.113.7"}, "203.0.113.7"},
		"TwoProxies":            {"10.0.0.1:1", []string{"198.51.100.1, 203.0.113.7", "10.0.0.2"}, "203.0.113.7"},
		"OnlyProxies":           {"10.0.0.1:1", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		"Garbage":               {"10.0.0.1:1", []string{"198.51.100.1, unknown"}, "10.0.0.1"},
		"GarbageFurtherLeft":    {"10.0.0.1:1", []string{"198.51.100.1, _x, 10.0.0.2"}, "10.0.0.2"},
		"Empty":                 {"10.0.0.1:1", []string{""}, "10.0.0.1"},
		"EmptyEntry":            {"10.0.0.1:1", []string{"198.51.100.1,"}, "10.0.0.1"},
		"Long":                  {"10.0.0.1:1", []string{strings.Repeat("1", 1000)}, "10.0.0.1"},
		"Blanks":                {"10.0.0.1:1", []string{" \t203.0.113.7\t "}, "203.0.113.7"},
		"Port":                  {"10.0.0.1:1", []string{"203.0.113.7:4711"}, "203.0.113.7"},
		"IPv6":                  {"[fd00::1]:1", []string{"2001:db8::7"}, "2001:db8::7"},
		"IPv6Port":              {"[fd00::1]:1", []string{"[2001:db8::7]:4711"}, "2001:db8::7"},
		"IPv6Zone":              {"[fd00::1]:1", []string{"fe80::1%eth0"}, "fe80::1"},
		"MappedPeer":            {"[::ffff:10.0.0.1]:1", []string{"203.0.113.7"}, "203.0.113.7"},
		"MappedEntry":           {"10.0.0.1:1", []string{"::ffff:203.0.113.7"}, "203.0.113.7"},
		"TooManyHops":           {"10.0.0.1:1", []string{"203.0.113.7" + strings.Repeat(", 10.0.0.2", 32)}, "10.0.0.2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			peer, err := net.ResolveTCPAddr("tcp", tt.peer)
			require.NoError(t, err)
			var forwarded [][]byte
			for _, value := range tt.forwarded {
				forwarded = append(forwarded, []byte(value))
			}
			require.Equal(t, tt.want, proxies.Client(peer, forwarded).String())
		})
	}
	require.False(t, proxies.Client(&net.UnixAddr{}, nil).IsValid())
}

func TestNetworkOfEverybodyIsNoProxy(t *testing.T) {
	t.Parallel()

	for network, ok := range map[string]bool{"0.0.0.0/0": false, "::/0": false, "10.0.0.0/8": true, "::1/128": true} {
		require.Equal(t, ok, ingress.Proxies{netip.MustParsePrefix(network)}.Check() == nil, network)
	}
	require.NoError(t, ingress.Proxies(nil).Check())
	require.Error(t, ingress.Proxies{{}}.Check())
}
