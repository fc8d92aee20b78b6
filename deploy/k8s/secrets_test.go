package k8s_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

func TestReferencesExist(t *testing.T) {
	t.Parallel()

	s := build(t, "overlays/dev")
	secrets, configs := s.secrets(), all[*corev1.ConfigMap](s)
	for name, pod := range s.workloads() {
		for _, c := range containers(pod) {
			for _, from := range c.EnvFrom {
				if from.SecretRef != nil {
					require.Contains(t, all[*corev1.Secret](s), from.SecretRef.Name, name)
				}
				if from.ConfigMapRef != nil {
					require.Contains(t, configs, from.ConfigMapRef.Name, name)
				}
			}
			for _, mount := range c.VolumeMounts {
				require.True(t, s.hasVolume(name, mount.Name), "%s/%s: %s", name, c.Name, mount.Name)
			}
		}
		for _, volume := range pod.Spec.Volumes {
			if volume.Secret != nil {
				require.Contains(t, all[*corev1.Secret](s), volume.Secret.SecretName, name)
				for _, item := range volume.Secret.Items {
					require.NotEmpty(t, secrets["stockroom-secrets"][item.Key], "%s: %s", name, item.Key)
				}
			}
			if volume.ConfigMap != nil {
				require.Contains(t, configs, volume.ConfigMap.Name, name)
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

var suffix = regexp.MustCompile("-[a-z0-9]{10}$")

// secrets returns what is in the secrets that an overlay generates, by the name
// that it gives them.
func (s system) secrets() map[string]map[string]string {
	secrets := make(map[string]map[string]string)
	for name, secret := range all[*corev1.Secret](s) {
		data := make(map[string]string)
		for key, value := range secret.Data {
			data[key] = string(value)
		}
		secrets[suffix.ReplaceAllString(name, "")] = data
	}
	return secrets
}

func (s system) hasVolume(workload, volume string) bool {
	if workload == "postgres" && volume == "data" {
		return true // of its claim
	}
	return slices.ContainsFunc(s.workloads()[workload].Spec.Volumes, func(v corev1.Volume) bool { return v.Name == volume })
}
