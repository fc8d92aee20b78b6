package k8s_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func imagesHaveTags(t *testing.T, s system) {
	for name, pod := range s.workloads() {
		for _, c := range containers(pod) {
			at, tag, ok := strings.Cut(c.Image[strings.LastIndex(c.Image, "/")+1:], ":")
			require.True(t, ok && tag != "latest", "%s is of no certain version", c.Image)
			if _, ours := programs[name]; ours {
				require.Equal(t, name+"d", at)
				require.Equal(t, tag != "dev", c.ImagePullPolicy == corev1.PullAlways, "%s: no registry has what was built here", c.Image)
			}
		}
	}
}

func doorsAndProbes(t *testing.T, s system) {
	for name, program := range programs {
		pod := s.workloads()[name]
		require.Len(t, pod.Spec.Containers, 1)
		c := pod.Spec.Containers[0]
		require.Equal(t, map[string]string{"public": "800" + program.digit, "internal": "900" + program.digit}, portsOf(c))
		for path, probes := range map[string][]*corev1.Probe{
			"/livez": {c.StartupProbe, c.LivenessProbe}, "/readyz": {c.ReadinessProbe},
		} {
			for _, probe := range probes {
				require.NotNil(t, probe, name)
				require.Equal(t, path, probe.HTTPGet.Path)
				require.Equal(t, "internal", probe.HTTPGet.Port.StrVal)
			}
		}
		hasData := name != "gateway"
		require.Equal(t, hasData, len(pod.Spec.InitContainers) == 1, "%s migrates", name)
		if hasData {
			require.Equal(t, c.Image, pod.Spec.InitContainers[0].Image)
			require.Equal(t, []string{"migrate"}, pod.Spec.InitContainers[0].Args)
		}
	}
}

func servicesLeadToPods(t *testing.T, s system) {
	services := all[*corev1.Service](s)
	for name, service := range services {
		behind := s.selected(&metav1.LabelSelector{MatchLabels: service.Spec.Selector})
		require.Len(t, behind, 1, name)
		for _, p := range service.Spec.Ports {
			open := portsOf(s.workloads()[behind[0]].Spec.Containers[0])
			require.Equal(t, open[p.TargetPort.StrVal], number(p.Port), "%s: a headless service translates no port", name)
		}
	}
	for _, name := range []string{"auth", "users", "catalog"} {
		require.Equal(t, corev1.ClusterIPNone, services[name].Spec.ClusterIP, "the gateway wants every address of %s", name)
	}
	for _, ingress := range all[*networkingv1.Ingress](s) {
		backend := ingress.Spec.Rules[0].HTTP.Paths[0].Backend.Service
		require.True(t, slices.ContainsFunc(services[backend.Name].Spec.Ports, func(p corev1.ServicePort) bool {
			return p.Name == backend.Port.Name
		}))
	}
}

func replicas(t *testing.T, s system) {
	production := len(all[*appsv1.StatefulSet](s)) == 0
	for name := range programs {
		deployment := all[*appsv1.Deployment](s)[name]
		require.Nil(t, deployment.Spec.Replicas, "the autoscaler of %s decides", name)
		rolling := deployment.Spec.Strategy.RollingUpdate
		require.Equal(t, "0 1", rolling.MaxUnavailable.String()+" "+rolling.MaxSurge.String())

		least := int32(2)
		if production && name == "catalog" {
			least = 3
		}
		scaler := all[*autoscalingv2.HorizontalPodAutoscaler](s)[name]
		require.NotNil(t, scaler, name)
		require.Equal(t, "Deployment/"+name, scaler.Spec.ScaleTargetRef.Kind+"/"+scaler.Spec.ScaleTargetRef.Name)
		require.Equal(t, least, *scaler.Spec.MinReplicas, name)
		require.Greater(t, scaler.Spec.MaxReplicas, *scaler.Spec.MinReplicas-1)
		require.Equal(t, corev1.ResourceCPU, scaler.Spec.Metrics[0].Resource.Name)

		budget := all[*policyv1.PodDisruptionBudget](s)[name]
		require.NotNil(t, budget, name)
		require.Equal(t, []string{name}, s.selected(budget.Spec.Selector))

		for _, spread := range deployment.Spec.Template.Spec.TopologySpreadConstraints {
			require.Contains(t, s.selected(spread.LabelSelector), name)
			require.Contains(t, spread.MatchLabelKeys, "app.kubernetes.io/name", "only its own replicas count")
		}
		require.Len(t, deployment.Spec.Template.Spec.TopologySpreadConstraints, 2)
	}
}

func (s system) selected(selector *metav1.LabelSelector) (names []string) {
	for name, pod := range s.workloads() {
		if selects(selector, pod.Labels) {
			names = append(names, name)
		}
	}
	return names
}

// portsOf returns the ports of c by their names.
func portsOf(c corev1.Container) map[string]string {
	ports := make(map[string]string)
	for _, p := range c.Ports {
		ports[p.Name] = number(p.ContainerPort)
	}
	return ports
}

func number(port int32) string { return strconv.Itoa(int(port)) }
