package run_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEnvironment(t *testing.T) {
	t.Parallel()

	file := func(content string) string {
		path := filepath.Join(t.TempDir(), "value")
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	for name, c := range map[string]struct {
		vars []string
		code int
		says []string
	}{
		"OursOnly":     {[]string{"STOCKROOM_A=1", "OTHER=2"}, 0, []string{`map["STOCKROOM_A":"1"]`}},
		"File":         {[]string{"STOCKROOM_A_FILE=" + file("deep")}, 0, []string{`"STOCKROOM_A":"deep"`}},
		"OneLineBreak": {[]string{"STOCKROOM_A_FILE=" + file(" deep \n\n")}, 0, []string{`"STOCKROOM_A":" deep \n"`}},
		"EmptyVariable": {
			[]string{"STOCKROOM_A=", "STOCKROOM_A_FILE=" + file("deep")}, 0, []string{`"STOCKROOM_A":"deep"`},
		},
		"EmptyPath": {[]string{"STOCKROOM_A=1", "STOCKROOM_A_FILE="}, 0, []string{`"STOCKROOM_A":"1"`}},
		"Both": {
			[]string{"STOCKROOM_A=shallow", "STOCKROOM_A_FILE=" + file("deep")}, 1, []string{"both STOCKROOM_A and STOCKROOM_A_FILE"},
		},
		"NoSuchFile": {[]string{"STOCKROOM_A_FILE=/nowhere/at/all"}, 1, []string{"STOCKROOM_A_FILE", "/nowhere/at/all"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			cmd := start(t, "environment")
			cmd.Env = append([]string{program + "=environment"}, c.vars...)
			said, code := output(t, cmd)
			require.Equal(t, c.code, code, said)
			for _, text := range c.says {
				require.Contains(t, said, text)
			}
			if code != 0 {
				require.NotContains(t, said, "deep", "the value is nobody's business")
			}
		})
	}
}
