package k8s_test

import (
	"bytes"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// kube-score fails if it finds something critical. What it is told to leave out
// stands in annotations of the pods, with the reason beside it.
func scoreFindsNothingCritical(t *testing.T, s system) {
	cmd := exec.CommandContext(t.Context(), "go", "-C", "../score", "tool", "kube-score",
		"score", "--kubernetes-version", "v1.35", "--output-format", "ci", "-")
	cmd.Env = append(os.Environ(), "GOWORK=off")
	cmd.Stdin = bytes.NewReader(s.yaml)
	said, err := cmd.CombinedOutput()
	require.NoError(t, err, string(said))
	require.Contains(t, string(said), "[OK]")
}
