package k8s_test

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// The arrows of the architecture: who may open connections, to whom, at which
// ports. Whatever is not here must be refused.
var arrows = []string{
	"anybody → gateway: 8000",
	"gateway → auth: 8001 9001", // requests, and how each replica is
	"gateway → users: 8002 9002",
	"gateway → catalog: 8003 9003",
	"auth → users: 9002",
	"users → auth: 8001 9001",
	"catalog → auth: 8001 9001",
	"catalog → users: 9002",
	"operator → auth: 9001",
	"operator → users: 9002",
	"every pod → names: 53 53/udp",
}

// arrowsOf are those that only some forms have.
var arrowsOf = map[string][]string{
	"Dev": {
		"auth → postgres: 5432", "users → postgres: 5432", "catalog → postgres: 5432",
		"auth → nats: 4222", "users → nats: 4222", "catalog → nats: 4222", "gateway → nats: 4222",
		"auth → redis: 6379",
		"catalog → redis: 6379",
		"gateway → redis: 6379",
	},
	"Prod": toPrivate,
	"Mailing": append([]string{
		"auth → internet: 465 587", "auth → private: 465 587",
	}, toPrivate...),
	"Observed": append([]string{
		"monitoring → auth: 9001", "monitoring → users: 9002", "monitoring → catalog: 9003", "monitoring → gateway: 9000",
		"auth → monitoring: 4318", "users → monitoring: 4318", "catalog → monitoring: 4318", "gateway → monitoring: 4318",
	}, toPrivate...),
}

var toPrivate = []string{
	"auth → private: 5432 6379 4222", "users → private: 5432 4222", "catalog → private: 5432 6379 4222", "gateway → private: 6379 4222",
}

// ports that are tried on everybody.
var ports = []port{
	{corev1.ProtocolTCP, 8000},
	{corev1.ProtocolTCP, 8001},
	{corev1.ProtocolTCP, 8002},
	{corev1.ProtocolTCP, 8003},
	{corev1.ProtocolTCP, 9000},
	{corev1.ProtocolTCP, 9001},
	{corev1.ProtocolTCP, 9002},
	{corev1.ProtocolTCP, 9003},
	{corev1.ProtocolTCP, 5432},
	{corev1.ProtocolTCP, 6379},
	{corev1.ProtocolTCP, 4222},
	{corev1.ProtocolTCP, 8222},
	{corev1.ProtocolTCP, 4318},
	{corev1.ProtocolTCP, 22},
	{corev1.ProtocolTCP, 53},
	{corev1.ProtocolTCP, 443},
	{corev1.ProtocolTCP, 25},
	{corev1.ProtocolTCP, 465},
	{corev1.ProtocolTCP, 587},
	{corev1.ProtocolUDP, 53},
	{corev1.ProtocolUDP, 8000},
}

func networkHasTheArrowsOfTheArchitecture(t *testing.T, s system) {
	peers := s.peers()
	want := expand(t, append(slices.Clone(arrows), arrowsOf[s.form]...), peers)
	network := reach{slices.Collect(maps.Values(all[*networkingv1.NetworkPolicy](s)))}
	for from, a := range peers {
		for to, b := range peers {
			for _, p := range ports {
				if from == to || a.namespace != "stockroom" && b.namespace != "stockroom" {
					continue // not ours to say
				}
				arrow := arrowName(from, to, p)
				require.Equal(t, want[arrow], network.allows(a, b, p), arrow)
				if to != "gateway" && a.isolated && b.isolated { // one end alone has to be enough
					require.Equal(t, want[arrow], network.passes(networkingv1.PolicyTypeEgress, a, b, b, p), arrow)
					require.Equal(t, want[arrow], network.passes(networkingv1.PolicyTypeIngress, b, a, b, p), arrow)
				}
				delete(want, arrow)
			}
		}
	}
	require.Empty(t, want, "not tried")
}

// peers are all workloads, and those that may be around them.
func (s system) peers() map[string]peer {
	peers := map[string]peer{
		"neighbour":  {namespace: "stockroom", labels: map[string]string{"app.kubernetes.io/part-of": "stockroom"}},
		"operator":   {namespace: "stockroom", labels: map[string]string{"app.kubernetes.io/name": "operator"}, isolated: true},
		"stranger":   {namespace: "default", labels: map[string]string{"app.kubernetes.io/name": "gateway"}},
		"monitoring": {namespace: "monitoring"},
		"names":      {namespace: "kube-system", labels: map[string]string{"k8s-app": "kube-dns"}},
		"system":     {namespace: "kube-system", labels: map[string]string{"k8s-app": "metrics-server"}},
		"private":    {address: netip.MustParseAddr("10.20.30.40")},
		"internet":   {address: netip.MustParseAddr("203.0.113.7")},
	}
	for name, pod := range s.workloads() {
		p := peer{namespace: "stockroom", labels: pod.Labels, ports: make(map[string]int32), isolated: true}
		for _, c := range pod.Spec.Containers {
			for _, open := range c.Ports {
				p.ports[open.Name] = open.ContainerPort
			}
		}
		peers[name] = p
	}
	return peers
}

// expand returns the connections that arrows stand for.
func expand(t *testing.T, arrows []string, peers map[string]peer) map[string]bool {
	t.Helper()

	allowed := make(map[string]bool)
	for _, arrow := range arrows {
		from, rest, ok := strings.Cut(arrow, " → ")
		require.True(t, ok, arrow)
		to, numbers, ok := strings.Cut(rest, ": ")
		require.True(t, ok, arrow)
		for name, p := range peers {
			// What a pod of the namespace sends needs an arrow of its own.
			anybody := from == "anybody" && p.namespace != "stockroom"
			if name != from && !anybody && (from != "every pod" || p.namespace != "stockroom") {
				continue
			}
			for number := range strings.FieldsSeq(numbers) {
				allowed[fmt.Sprintf("%s → %s: %s", name, to, number)] = true
			}
		}
	}
	return allowed
}

func arrowName(from, to string, p port) string {
	if p.protocol == corev1.ProtocolUDP {
		return fmt.Sprintf("%s → %s: %d/udp", from, to, p.number)
	}
	return fmt.Sprintf("%s → %s: %d", from, to, p.number)
}
