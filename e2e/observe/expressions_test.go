package observe_test

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/stretchr/testify/require"
)

const folder = "../../deploy/observability"

// expressions returns what dashboards and rules ask for, by where it stands, and
// the names that the rules record.
func expressions(t *testing.T) (asked map[string]string, recorded []string) {
	t.Helper()

	asked = map[string]string{}
	groups, errs := rulefmt.ParseFile(filepath.Join(folder, "alerts.yml"), false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	require.Empty(t, errs)
	for _, g := range groups.Groups {
		for _, r := range g.Rules {
			asked["rule "+r.Alert+r.Record] = r.Expr
			if r.Record != "" {
				recorded = append(recorded, r.Record)
			}
		}
	}
	boards, err := filepath.Glob(filepath.Join(folder, "grafana/dashboards/*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, boards)
	for _, path := range boards {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		var board struct {
			Panels []struct {
				Title   string
				Targets []struct{ RefID, Expr string }
			}
		}
		require.NoError(t, json.Unmarshal(data, &board), path)
		require.NotEmpty(t, board.Panels, path)
		for _, p := range board.Panels {
			for _, target := range p.Targets {
				asked[filepath.Base(path)+" "+p.Title+" "+target.RefID] = variables.Replace(target.Expr)
			}
		}
	}
	return asked, recorded
}

// variables are what Grafana puts in by itself.
var variables = strings.NewReplacer("$__rate_interval", "5m", "$job", ".*")

// attached are the labels that Prometheus adds to what it scrapes.
var attached = []string{"job", "instance", "le", "quantile"}

// check finds what expr asks for that is in none of the series.
func check(t *testing.T, where, expr string, has series, recorded []string) {
	t.Helper()

	parsed, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	require.NoError(t, err, where)
	parser.Inspect(parsed, func(node parser.Node, _ []parser.Node) error {
		switch node := node.(type) {
		case *parser.VectorSelector:
			if node.Name == "up" || slices.Contains(recorded, node.Name) {
				return nil
			}
			require.True(t, has.match(node.Name, node.LabelMatchers), "%s asks for %s, which nothing shows", where, node)
		case *parser.AggregateExpr:
			for _, label := range node.Grouping {
				require.True(t, slices.Contains(attached, label) || has.hasLabel(label), "%s groups by %s, which nothing has", where, label)
			}
		}
		return nil
	})
}

// series is all that is shown at run time.
type series []map[string]string

func (s series) match(name string, matchers []*labels.Matcher) bool {
	return slices.ContainsFunc(s, func(one map[string]string) bool {
		if one[model.MetricNameLabel] != name {
			return false
		}
		for _, m := range matchers {
			value, shown := one[m.Name]
			switch {
			case m.Name == "job" || m.Name == model.MetricNameLabel:
			case !shown:
				return false
			case m.Type == labels.MatchEqual && value != m.Value:
				return false
			}
		}
		return true
	})
}

func (s series) hasLabel(label string) bool {
	return slices.ContainsFunc(s, func(one map[string]string) bool { _, ok := one[label]; return ok })
}
