package k8s_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// What `kubectl run` adds to its pod: the namespace takes it, the policies know
// it, and the secret has what it asks for.
func TestOperatorFitsIn(t *testing.T) {
	t.Parallel()

	text, err := os.ReadFile("operator.json")
	require.NoError(t, err)
	var pod corev1.Pod
	require.NoError(t, json.Unmarshal(text, &pod))
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	require.NoError(t, err)
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	result := policy.AggregateCheckResults(evaluator.EvaluatePod(level, &pod.ObjectMeta, &pod.Spec))
	require.True(t, result.Allowed, result.ForbiddenDetail())

	s := build(t, "overlays/dev")
	require.Equal(t, all[*networkingv1.NetworkPolicy](s)["operator"].Spec.PodSelector.MatchLabels["app.kubernetes.io/name"], pod.Labels["app.kubernetes.io/name"])
	for _, volume := range pod.Spec.Volumes {
		for _, source := range sources(volume) {
			s.requireSource(t, source)
		}
	}
	require.Equal(t, new(bool), pod.Spec.AutomountServiceAccountToken)
	require.Len(t, pod.Spec.Containers, 1)
	require.Equal(t, "operator", pod.Spec.Containers[0].Name, "kubectl calls it like the pod")
	require.True(t, *pod.Spec.Containers[0].SecurityContext.ReadOnlyRootFilesystem)
	for _, variable := range pod.Spec.Containers[0].Env {
		if variable.Name != "STOCKROOM_INTERNAL_TOKEN_FILE" {
			s.requireAddress(t, variable.Value)
		}
	}
}
