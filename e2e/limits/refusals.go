package limits

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
)

// refused is how often the gateway has refused something, by the counter and its
// labels.
type refused map[string]int

// refusals asks the gateway.
func refusals(t *testing.T, s *stack.System) refused {
	t.Helper()

	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Internal["gateway"]+"/metrics", http.NoBody)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	all := refused{}
	for _, found := range regexp.MustCompile(`(?m)^((?:admission_shed|buffered_refusals|connections_closed)_total\{[^}]*\}) (\d+)`).FindAllStringSubmatch(string(text), -1) {
		n, err := strconv.Atoi(found[2])
		require.NoError(t, err)
		all[found[1]] = n
	}
	require.NotEmpty(t, all)
	return all
}

// since returns how often since before.
func (r refused) since(before refused) refused {
	more := refused{}
	for of, n := range r {
		if n > before[of] {
			more[of] = n - before[of]
		}
	}
	return more
}

// String implements [fmt.Stringer].
func (r refused) String() string {
	if len(r) == 0 {
		return "nothing"
	}
	var parts []string
	for _, of := range slices.Sorted(maps.Keys(r)) {
		parts = append(parts, fmt.Sprintf("%s %d", of, r[of]))
	}
	return strings.Join(parts, ", ")
}
