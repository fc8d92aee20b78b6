package k8s_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

func podsAreRestricted(t *testing.T, s system) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	require.NoError(t, err)
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	require.NotEmpty(t, s.workloads())
	for name, pod := range s.workloads() {
		result := policy.AggregateCheckResults(evaluator.EvaluatePod(level, &pod.ObjectMeta, &pod.Spec))
		require.True(t, result.Allowed, "%s: %s", name, result.ForbiddenDetail())
	}
	namespace := all[*corev1.Namespace](s)["stockroom"]
	require.Equal(t, "restricted", namespace.Labels["pod-security.kubernetes.io/enforce"])
}

func podsHaveNoMoreThanTheyNeed(t *testing.T, s system) {
	accounts := all[*corev1.ServiceAccount](s)
	for name, pod := range s.workloads() {
		require.Equal(t, new(bool), pod.Spec.AutomountServiceAccountToken, "%s speaks to the API server", name)
		require.Equal(t, new(bool), pod.Spec.EnableServiceLinks, "%s gets variables that nobody wrote", name)
		for _, c := range containers(pod) {
			require.True(t, *c.SecurityContext.ReadOnlyRootFilesystem, "%s/%s", name, c.Name)
			for _, amount := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage} {
				require.Contains(t, c.Resources.Requests, amount, "%s/%s", name, c.Name)
				require.Contains(t, c.Resources.Limits, amount, "%s/%s", name, c.Name)
			}
		}
		if _, ours := programs[name]; ours {
			require.Equal(t, name, pod.Spec.ServiceAccountName)
			require.Equal(t, new(bool), accounts[name].AutomountServiceAccountToken, name)
		}
	}
}

func containers(pod corev1.PodTemplateSpec) []corev1.Container {
	return append(pod.Spec.InitContainers[:len(pod.Spec.InitContainers):len(pod.Spec.InitContainers)], pod.Spec.Containers...)
}
