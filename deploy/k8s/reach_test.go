package k8s_test

import (
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// peer is one end of a connection: a pod, or an address outside of the cluster.
type peer struct {
	namespace string // empty: outside
	labels    map[string]string
	address   netip.Addr
	ports     map[string]int32 // by name
	isolated  bool             // it has policies of its own
}

// port is where a connection goes to.
type port struct {
	protocol corev1.Protocol
	number   int32
}

// reach evaluates policies as a network does that enforces them.
type reach struct{ policies []*networkingv1.NetworkPolicy }

// allows reports whether from may open a connection to p of to: its own policies
// have to let it out, and those of to have to let it in.
func (r reach) allows(from, to peer, p port) bool {
	return r.passes(networkingv1.PolicyTypeEgress, from, to, to, p) &&
		r.passes(networkingv1.PolicyTypeIngress, to, from, to, p)
}

// passes reports whether the policies of subject let a connection with other pass
// in one direction. What no policy selects is open.
func (r reach) passes(direction networkingv1.PolicyType, subject, other, target peer, p port) bool {
	isolated := false
	for _, policy := range r.policies {
		if policy.Namespace != subject.namespace || !selects(&policy.Spec.PodSelector, subject.labels) ||
			!slices.Contains(policy.Spec.PolicyTypes, direction) {
			continue
		}
		isolated = true
		if direction == networkingv1.PolicyTypeEgress {
			for _, rule := range policy.Spec.Egress {
				if matchesAny(policy.Namespace, rule.To, other) && opens(rule.Ports, target, p) {
					return true
				}
			}
			continue
		}
		for _, rule := range policy.Spec.Ingress {
			if matchesAny(policy.Namespace, rule.From, other) && opens(rule.Ports, target, p) {
				return true
			}
		}
	}
	return !isolated
}

// matchesAny reports whether one of peers is other; none at all means everybody.
func matchesAny(namespace string, peers []networkingv1.NetworkPolicyPeer, other peer) bool {
	return len(peers) == 0 || slices.ContainsFunc(peers, func(is networkingv1.NetworkPolicyPeer) bool {
		if is.IPBlock != nil {
			return other.namespace == "" && within(is.IPBlock, other.address)
		}
		if other.namespace == "" || is.PodSelector != nil && !selects(is.PodSelector, other.labels) {
			return false
		}
		if is.NamespaceSelector == nil {
			return other.namespace == namespace
		}
		return selects(is.NamespaceSelector, map[string]string{corev1.LabelMetadataName: other.namespace})
	})
}

func within(block *networkingv1.IPBlock, address netip.Addr) bool {
	return netip.MustParsePrefix(block.CIDR).Contains(address) &&
		!slices.ContainsFunc(block.Except, func(cidr string) bool { return netip.MustParsePrefix(cidr).Contains(address) })
}

// opens reports whether ports has p of target; none at all means every port.
func opens(ports []networkingv1.NetworkPolicyPort, target peer, p port) bool {
	return len(ports) == 0 || slices.ContainsFunc(ports, func(open networkingv1.NetworkPolicyPort) bool {
		protocol := corev1.ProtocolTCP
		if open.Protocol != nil {
			protocol = *open.Protocol
		}
		if protocol != p.protocol {
			return false
		}
		if open.Port == nil {
			return true
		}
		first := open.Port.IntVal
		if name := open.Port.StrVal; name != "" {
			first = target.ports[name]
		}
		last := first
		if open.EndPort != nil {
			last = *open.EndPort
		}
		return first <= p.number && p.number <= last
	})
}

func selects(selector *metav1.LabelSelector, of map[string]string) bool {
	s, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && s.Matches(labels.Set(of))
}
