package observability_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever is woken by an alert finds on the operator's page what to do.
func TestEveryAlertIsOnTheOperatorsPage(t *testing.T) {
	t.Parallel()

	rules, err := os.ReadFile("alerts.yml")
	require.NoError(t, err)
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "operations.md"))
	require.NoError(t, err)
	alerts := regexp.MustCompile(`- alert: (\w+)`).FindAllSubmatch(rules, -1)
	require.NotEmpty(t, alerts)
	for _, alert := range alerts {
		require.Regexp(t, `(?m)^\|[^|]*\b`+string(alert[1])+`\b[^|]*\|`, string(page))
	}
}
