package e2e_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// hushed is what no log may hold: the passwords of the suite, tokens, hashes.
var hushed = regexp.MustCompile(`Correct-Horse|Other-Horse|Wrong-Horse|hush[a-z2-7]{16}|eyJ[A-Za-z0-9_-]{20,}|\$2[aby]\$|Bearer `)

// mailed is a token in a mail, which whoever reads it can use.
var mailed = regexp.MustCompile(`\?token=[A-Za-z0-9_-]{43}`)

// logsKeepSecrets reads what the processes have written while they were asked
// everything that this suite asks.
func logsKeepSecrets(t *testing.T, w *world) {
	for name, process := range w.system.Processes {
		lines := 0
		for line := range strings.Lines(process.Log(t)) {
			lines++
			require.NotRegexp(t, hushed, line, name)
			require.NotRegexp(t, mailed, line, name)
			require.True(t, json.Valid([]byte(line)), "%s writes %q, which is not structured", name, line)
		}
		require.Positive(t, lines, "%s writes nothing", name)
	}
}
