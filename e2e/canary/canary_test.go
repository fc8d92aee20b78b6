package canary_test

import (
	"flag"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/canary"
	"stockroom/e2e/stack"
)

var (
	requests = flag.Int64("canary.requests", 10_000, "how many are sent")
	seed     = flag.Uint64("canary.seed", 1, "of what is sent; 0: another one each time")
)

func TestMain(m *testing.M) { stack.Main(m) }

// Whoever asks gets the whole answer to what they asked, and no byte of anybody
// else's, whatever others break off and whichever service dies.
func TestNoAnswerReachesAnother(t *testing.T) {
	t.Parallel()

	s := stack.Processes(t, stack.Options{})
	t.Run("MixUpsAreFound", func(t *testing.T) { mixUpsAreFound(t, s) })
	o := options(s, *requests)
	o.Disturbs = max(6, int(*requests/20_000))
	o.Disturb = func(n int) {
		victims := []string{"catalog-1", "users", "catalog-2", "auth"}
		p := s.Processes[victims[n%len(victims)]]
		if n/len(victims)%2 == 0 {
			p.Kill()
		} else {
			p.Stop(t)
		}
		p.Start(t)
	}
	report, err := canary.Run(t.Context(), s.URL, o)
	t.Logf("seed %d: %v", o.Seed, report)
	require.NoError(t, err)
	require.Less(t, report.Away, report.Answers/4, "services were away too often to tell")
	require.NotContains(t, s.Processes["gateway"].Log(t), `"status":500`)
}

func options(s *stack.System, n int64) canary.Options {
	o := canary.Options{Requests: n, People: 24, Clients: 12, Seed: *seed, Owner: s.Admin.Username, Password: s.Admin.Password}
	if o.Seed == 0 {
		o.Seed = rand.Uint64()
	}
	return o
}
