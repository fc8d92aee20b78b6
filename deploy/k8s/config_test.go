package k8s_test

import (
	"maps"
	"net"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

func programsKnowTheirVariables(t *testing.T, s system) {
	for name, program := range programs {
		known := variables(t, program.folder)
		for _, c := range containers(s.workloads()[name]) {
			environment := s.environment(t, c)
			given := make(map[string]bool)
			for variable := range environment {
				variable = strings.TrimSuffix(variable, "_FILE")
				given[variable] = true
				if strings.HasPrefix(variable, "STOCKROOM_") {
					require.Contains(t, known, variable, "%s/%s", name, c.Name)
				}
			}
			for variable, value := range known {
				require.True(t, given[variable] || value != "required", "%s/%s lacks %s", name, c.Name, variable)
			}
		}
	}
}

// Every secret that a pod mounts is one that its programs read, and the other way
// round.
func secretsAreWhereProgramsLook(t *testing.T, s system) {
	for name := range programs {
		pod := s.workloads()[name]
		var mounted []string
		for _, volume := range pod.Spec.Volumes {
			for _, item := range volume.Secret.Items {
				mounted = append(mounted, item.Path)
			}
		}
		for _, c := range containers(pod) {
			require.Len(t, c.VolumeMounts, 1)
			var read []string
			for variable, value := range s.environment(t, c) {
				if strings.HasSuffix(variable, "_FILE") {
					require.Equal(t, c.VolumeMounts[0].MountPath, path.Dir(value), variable)
					read = append(read, path.Base(value))
				}
			}
			require.ElementsMatch(t, mounted, read, "%s/%s", name, c.Name)
		}
	}
}

// Programs that are told nothing look for the services at their usual names.
func addressesAreThoseOfServices(t *testing.T, s system) {
	for name, program := range programs {
		environment := s.environment(t, s.workloads()[name].Spec.Containers[0])
		tried := 0
		for variable, value := range variables(t, program.folder) {
			if given, ok := environment[variable]; ok {
				value = given
			}
			if strings.HasPrefix(value, "http:") {
				tried++
				s.requireAddress(t, value)
			}
		}
		require.NotZero(t, tried, name)
	}
	for _, secret := range all[*corev1.Secret](s) {
		for key, value := range secret.Data {
			if strings.HasSuffix(key, "-url") {
				s.requireAddress(t, strings.TrimSpace(string(value)))
			}
		}
	}
}

func podsOutliveTheirDrain(t *testing.T, s system) {
	for name := range programs {
		pod := s.workloads()[name]
		environment := s.environment(t, pod.Spec.Containers[0])
		drain, err := time.ParseDuration(environment["STOCKROOM_DRAIN"])
		require.NoError(t, err)
		grace, err := time.ParseDuration(environment["STOCKROOM_GRACE"])
		require.NoError(t, err)
		allowed := time.Duration(*pod.Spec.TerminationGracePeriodSeconds) * time.Second
		require.Greater(t, allowed, drain+2*grace, "the doors close one after the other")
	}
}

// requireAddress fails unless raw leads to a port of a service.
func (s system) requireAddress(t *testing.T, raw string) {
	t.Helper()

	u, err := url.Parse(raw)
	require.NoError(t, err)
	host, number, err := net.SplitHostPort(u.Host)
	require.NoError(t, err, u.Host)
	service := all[*corev1.Service](s)[host]
	require.NotNil(t, service, host)
	require.True(t, slices.ContainsFunc(service.Spec.Ports, func(p corev1.ServicePort) bool {
		return strconv.Itoa(int(p.Port)) == number
	}), u.Host)
}

// environment returns the variables that a container gets from what is written
// in manifests; each name that it refers to has to exist.
func (s system) environment(t *testing.T, c corev1.Container) map[string]string {
	t.Helper()

	environment := make(map[string]string)
	for _, from := range c.EnvFrom {
		require.NotNil(t, from.ConfigMapRef, "%s: secrets are files", c.Name)
		config := all[*corev1.ConfigMap](s)[from.ConfigMapRef.Name]
		require.NotNil(t, config, from.ConfigMapRef.Name)
		maps.Copy(environment, config.Data)
	}
	for _, variable := range c.Env {
		environment[variable.Name] = variable.Value
	}
	return environment
}

var (
	variableRow = regexp.MustCompile("(?m)^\\| (`STOCKROOM_[^|]*) \\|([^|]*)\\|")
	variable    = regexp.MustCompile("`([A-Z_]+)`")
)

// variables returns those that the README in folder explains, with what they are
// when nothing is said: a value, nothing, or "required".
func variables(t *testing.T, folder string) map[string]string {
	t.Helper()

	text, err := os.ReadFile("../../" + folder + "/README.md")
	require.NoError(t, err)
	known := make(map[string]string)
	for _, row := range variableRow.FindAllStringSubmatch(string(text), -1) {
		last := ""
		for _, name := range variable.FindAllStringSubmatch(row[1], -1) {
			v := name[1]
			if strings.HasPrefix(v, "_") { // another one like that before it
				v = last[:strings.LastIndex(last, "_")] + v
			}
			known[v], last = strings.Trim(row[2], " `"), v
		}
	}
	require.Equal(t, "required", known["STOCKROOM_INTERNAL_TOKEN"])
	return known
}
