package chaos

import (
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// audit starts a catalog that audits the others. It is spared, but that its
// database goes back with theirs.
func (s *shop) audit(env map[string]string) {
	s.t.Helper()

	var doors []string
	for _, r := range s.replicas {
		doors = append(doors, "http://"+r.internal)
	}
	r := s.place()
	env["AUDIT_URLS"] = strings.Join(doors, ",")
	s.serve(r, env)
	s.auditor = r
}

// audited returns how much the auditor has compared, at least something, and
// fails t if anything was wrong.
func (s *shop) audited(t *testing.T) (checked int) {
	t.Helper()

	require.Eventually(t, func() bool {
		checked = s.auditor.count(t, "cache_checked_total")
		return checked > 0
	}, patience, 100*time.Millisecond, "the auditor finds nothing to compare")
	const enough = 10
	found := 0
	for line := range strings.Lines(s.auditor.process.Log(t)) {
		if strings.Contains(line, "cache is wrong") && found < enough {
			found++
			t.Errorf("the auditor: %s", line)
		}
	}
	if found == 0 {
		require.Zero(t, s.auditor.count(t, "cache_inconsistent_total"))
	}
	return checked
}

// count returns the sum of all series of a counter that r shows.
func (r *replica) count(t *testing.T, name string) (sum int) {
	t.Helper()

	res, err := (&http.Client{Timeout: patience}).Get("http://" + r.internal + "/metrics") //nolint:noctx // it has a timeout
	require.NoError(t, err)
	defer res.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	for _, found := range regexp.MustCompile(`(?m)^`+name+`\{[^}]*\} (\d+)`).FindAllStringSubmatch(string(text), -1) {
		n, err := strconv.Atoi(found[1])
		require.NoError(t, err)
		sum += n
	}
	return sum
}
