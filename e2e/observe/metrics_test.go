package observe_test

import (
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
)

// What dashboards, rules and the documentation speak of is what there is.
func TestEveryMetricAskedForExists(t *testing.T) {
	t.Parallel()

	system := stack.Processes(t, stack.Options{})
	api := newClient(t, system)
	product := api.create(t, nil)
	api.call(t, http.MethodGet, "/api/v1/products/"+product, "", nil, http.StatusOK)
	api.call(t, http.MethodGet, "/api/v1/users", "", nil, http.StatusOK)

	var shown series
	names := map[string]bool{}
	for _, door := range system.Internal {
		families := scrape(t, door+"/metrics")
		shown = append(shown, flat(families)...)
		for name := range families {
			names[name] = true
		}
	}
	asked, recorded := expressions(t)
	for where, expr := range asked {
		check(t, where, expr, shown, recorded)
	}
	require.Equal(t, documented(t), ours(names), "docs/telemetry.md has one row for each metric of ours")
}

func scrape(t *testing.T, url string) map[string]*dto.MetricFamily {
	t.Helper()

	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close() //nolint:errcheck // it was read
	require.Equal(t, http.StatusOK, res.StatusCode)
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	p := expfmt.NewTextParser(model.UTF8Validation)
	families, err := p.TextToMetricFamilies(strings.NewReader(string(text)))
	require.NoError(t, err)
	return families
}

// flat returns each series with its labels, as PromQL sees it.
func flat(families map[string]*dto.MetricFamily) (all series) {
	for name, f := range families {
		for _, m := range f.GetMetric() {
			one := map[string]string{"__name__": name}
			for _, l := range m.GetLabel() {
				one[l.GetName()] = l.GetValue()
			}
			if h := m.GetHistogram(); h != nil {
				for _, suffix := range []string{"_count", "_sum"} {
					all = append(all, with(one, "__name__", name+suffix))
				}
				for _, b := range h.GetBucket() {
					all = append(all, with(with(one, "__name__", name+"_bucket"), "le", model.SampleValue(b.GetUpperBound()).String()))
				}
				continue
			}
			for _, q := range m.GetSummary().GetQuantile() {
				all = append(all, with(one, "quantile", model.SampleValue(q.GetQuantile()).String()))
			}
			all = append(all, one)
		}
	}
	return all
}

func with(labels map[string]string, name, value string) map[string]string {
	more := maps.Clone(labels)
	more[name] = value
	return more
}

// ours are the names that do not come with the libraries.
func ours(all map[string]bool) (names []string) {
	for name := range all {
		if !strings.HasPrefix(name, "go_") && !strings.HasPrefix(name, "process_") && !strings.HasPrefix(name, "promhttp_") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

var row = regexp.MustCompile("(?m)^\\| `([a-z0-9_]+)")

// documented are the names in the table of metrics.
func documented(t *testing.T) (names []string) {
	t.Helper()

	page, err := os.ReadFile("../../docs/telemetry.md")
	require.NoError(t, err)
	for _, found := range row.FindAllSubmatch(page, -1) {
		names = append(names, string(found[1]))
	}
	slices.Sort(names)
	return names
}
