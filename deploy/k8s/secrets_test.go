package k8s_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

func TestReferencesExist(t *testing.T) {
	t.Parallel()

	s := build(t, "overlays/dev")
	for name, pod := range s.workloads() {
		volumes := make(map[string]bool)
		for _, volume := range pod.Spec.Volumes {
			volumes[volume.Name] = true
			for _, source := range sources(volume) {
				s.requireSource(t, source)
			}
		}
		if name == "postgres" {
			volumes["data"] = true // of its claim
		}
		for _, c := range containers(pod) {
			s.environment(t, c)
			for _, mount := range c.VolumeMounts {
				require.True(t, volumes[mount.Name], "%s/%s: %s", name, c.Name, mount.Name)
			}
		}
	}
}

// sources returns where the files of a volume come from.
func sources(volume corev1.Volume) (found []corev1.VolumeProjection) {
	if v := volume.Secret; v != nil {
		found = append(found, corev1.VolumeProjection{Secret: &corev1.SecretProjection{
			LocalObjectReference: corev1.LocalObjectReference{Name: v.SecretName}, Items: v.Items,
		}})
	}
	if v := volume.ConfigMap; v != nil {
		found = append(found, corev1.VolumeProjection{ConfigMap: &corev1.ConfigMapProjection{
			LocalObjectReference: v.LocalObjectReference, Items: v.Items,
		}})
	}
	if v := volume.Projected; v != nil {
		found = append(found, v.Sources...)
	}
	return found
}

// requireSource fails unless everything that source names is there.
func (s system) requireSource(t *testing.T, source corev1.VolumeProjection) {
	t.Helper()

	if from := source.ConfigMap; from != nil {
		require.Contains(t, all[*corev1.ConfigMap](s), from.Name)
	}
	if from := source.Secret; from != nil {
		secrets := all[*corev1.Secret](s)
		require.Contains(t, secrets, from.Name)
		for _, item := range from.Items {
			require.Contains(t, secrets[from.Name].Data, item.Key, from.Name)
			if !strings.HasSuffix(item.Key, "-previous") { // which is empty, but while a secret is exchanged
				require.NotEmpty(t, secrets[from.Name].Data[item.Key], "%s: %s", from.Name, item.Key)
			}
		}
	}
}

// The operator makes the secret of production: the page has to name every key.
func TestSecretsOfProductionAreDocumented(t *testing.T) {
	t.Parallel()

	s := build(t, "overlays/prod")
	require.Empty(t, all[*corev1.Secret](s), "secrets do not belong here")
	var wanted []string
	for _, pod := range s.workloads() {
		for _, volume := range pod.Spec.Volumes {
			require.Equal(t, "stockroom-secrets", volume.Secret.SecretName)
			for _, item := range volume.Secret.Items {
				wanted = append(wanted, item.Key)
			}
		}
	}
	slices.Sort(wanted)

	page, err := os.ReadFile("README.md")
	require.NoError(t, err)
	var documented []string
	for _, key := range regexp.MustCompile("--from-(?:literal|file)=([a-z-]+)=").FindAllStringSubmatch(string(page), -1) {
		documented = append(documented, key[1])
	}
	require.ElementsMatch(t, slices.Compact(wanted), documented)
}
