package limits

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
)

// memory is what each process of a system takes up.
type memory map[string]int64

// now returns what the processes of s take up, and begins to look for the most
// that they will.
func now(t *testing.T, s *stack.System) memory {
	t.Helper()

	for _, p := range s.Processes {
		const forgetPeak = "5"
		require.NoError(t, os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.PID()), []byte(forgetPeak), 0))
	}
	return read(t, s, "VmRSS")
}

// most returns the most that each took up since then.
func most(t *testing.T, s *stack.System) memory {
	t.Helper()

	return read(t, s, "VmHWM")
}

func read(t *testing.T, s *stack.System, name string) memory {
	t.Helper()

	all := memory{}
	for of, p := range s.Processes {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID()))
		require.NoError(t, err)
		kilobytes := regexp.MustCompile(name + `:\s+(\d+) kB`).FindSubmatch(text)
		require.NotNil(t, kilobytes)
		n, err := strconv.ParseInt(string(kilobytes[1]), 10, 64)
		require.NoError(t, err)
		all[of] = n << 10
	}
	return all
}

// growth returns by how much each has grown since before.
func (m memory) growth(before memory) memory {
	grown := memory{}
	for of, n := range m {
		grown[of] = max(n-before[of], 0)
	}
	return grown
}

func (m memory) sum() (n int64) {
	for _, one := range m {
		n += one
	}
	return n
}

// String implements [fmt.Stringer].
func (m memory) String() string {
	var parts []string
	for _, of := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, fmt.Sprintf("%s %.1f", of, float64(m[of])/(1<<20)))
	}
	return strings.Join(parts, ", ") + " MiB"
}

// percentile returns the time that a share of all have stayed below.
func percentile(all []time.Duration, share float64) time.Duration {
	slices.Sort(all)
	return all[int(share*float64(len(all)-1))].Round(10 * time.Microsecond)
}
