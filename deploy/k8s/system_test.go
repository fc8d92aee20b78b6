// Package k8s_test looks at what the overlays install, as `kubectl apply -k`
// would send it, without a cluster.
package k8s_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// system is everything that one installation consists of.
type system struct {
	form    string
	yaml    []byte
	objects []runtime.Object
}

// forms of the installation, each with the folder that it is built from.
var forms = map[string]func(t *testing.T) string{
	"Dev":      func(*testing.T) string { return "overlays/dev" },
	"Prod":     func(*testing.T) string { return "overlays/prod" },
	"Observed": func(t *testing.T) string { t.Helper(); return with(t, "observability") }, // a cluster with Prometheus and a collector
	"Mailing":  func(t *testing.T) string { t.Helper(); return with(t, "mail") },
}

// with writes an overlay of production with a component.
func with(t *testing.T, component string) string {
	t.Helper()

	dir := t.TempDir()
	here, err := os.Getwd()
	require.NoError(t, err)
	root, err := filepath.Rel(dir, here)
	require.NoError(t, err)
	text := "namespace: stockroom\nresources: [" + root + "/overlays/prod]\ncomponents: [" + root + "/components/" + component + "]\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte(text), 0o600))
	return dir
}

// A check tells one thing that holds for every form.
type check func(t *testing.T, s system)

var checks = map[string]check{
	"PodsAreRestricted":                    podsAreRestricted,
	"PodsHaveNoMoreThanTheyNeed":           podsHaveNoMoreThanTheyNeed,
	"ScoreFindsNothingCritical":            scoreFindsNothingCritical,
	"NetworkHasTheArrowsOfTheArchitecture": networkHasTheArrowsOfTheArchitecture,
	"ProgramsKnowTheirVariables":           programsKnowTheirVariables,
	"SecretsAreWhereProgramsLook":          secretsAreWhereProgramsLook,
	"AddressesAreThoseOfServices":          addressesAreThoseOfServices,
	"PodsOutliveTheirDrain":                podsOutliveTheirDrain,
	"ImagesHaveTags":                       imagesHaveTags,
	"DoorsAndProbes":                       doorsAndProbes,
	"ServicesLeadToPods":                   servicesLeadToPods,
	"Replicas":                             replicas,
}

func TestOverlays(t *testing.T) {
	t.Parallel()

	for form, dir := range forms {
		t.Run(form, func(t *testing.T) {
			t.Parallel()

			s := build(t, dir(t))
			s.form = form
			for name, check := range checks {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					check(t, s)
				})
			}
		})
	}
}

// kustomize keeps schemas in variables of its packages.
var kustomize sync.Mutex

// build returns what dir makes. It fails on an object that is of no known kind,
// or that has a field which its kind does not have.
func build(t *testing.T, dir string) system {
	t.Helper()

	kustomize.Lock()
	defer kustomize.Unlock()
	made, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	require.NoError(t, err)
	var s system
	s.yaml, err = made.AsYaml()
	require.NoError(t, err)
	decoder := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()
	for _, res := range made.Resources() {
		text, err := res.AsYAML()
		require.NoError(t, err)
		object, _, err := decoder.Decode(text, nil, nil)
		require.NoError(t, err, res.CurId().String())
		s.objects = append(s.objects, object)
	}
	return s
}

// all returns the objects of one kind by their names.
func all[T metav1.Object](s system) map[string]T {
	found := make(map[string]T)
	for _, o := range s.objects {
		if o, ok := o.(T); ok {
			found[o.GetName()] = o
		}
	}
	return found
}

// workloads returns what pods are made from, by the name of what makes them.
func (s system) workloads() map[string]corev1.PodTemplateSpec {
	pods := make(map[string]corev1.PodTemplateSpec)
	for name, o := range all[*appsv1.Deployment](s) {
		pods[name] = o.Spec.Template
	}
	for name, o := range all[*appsv1.StatefulSet](s) {
		pods[name] = o.Spec.Template
	}
	return pods
}

// programs are those of the workloads that are ours, with the last digit of
// their ports and the folder whose README explains their configuration.
var programs = map[string]struct{ digit, folder string }{
	"gateway": {"0", "gateway"},
	"auth":    {"1", "services/auth"},
	"users":   {"2", "services/users"},
	"catalog": {"3", "services/catalog"},
}
