package chaos

import (
	"math/rand/v2"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestProgrammeIsDecidedByItsSeed(t *testing.T) {
	t.Parallel()

	const total = 5 * time.Minute
	for _, deck := range [][]fault{storeFaults(), otherFaults(Options{}), killFaults()} {
		names := func(seed uint64) (all []string) {
			sum := time.Duration(0)
			for _, s := range programme(rand.New(rand.NewPCG(seed, 0)), deck, total) {
				require.GreaterOrEqual(t, s.last, s.from)
				require.LessOrEqual(t, s.last, s.to)
				require.Less(t, s.place, s.places)
				sum += s.pause + s.last
				all = append(all, s.name)
			}
			require.LessOrEqual(t, sum, total)
			return all
		}
		first := names(1)
		require.Equal(t, first, names(1))
		require.NotEqual(t, first, names(2))
		for _, f := range deck {
			require.Contains(t, first[:len(deck)], f.name, "nothing comes twice before all has come once")
		}
	}
}

func TestProgrammeOfSomeFaults(t *testing.T) {
	t.Parallel()

	rng := rand.New(rand.NewPCG(1, 0))
	back := only(regexp.MustCompile("redis goes back"), storeFaults())
	require.Len(t, back, 2)
	require.Len(t, rounds(rng, back, 3), 6)
	require.Empty(t, only(regexp.MustCompile("goes back"), otherFaults(Options{})))
	require.Empty(t, programme(rng, nil, time.Hour))
	for _, nats := range []NATS{Well, Gone} {
		for _, f := range otherFaults(Options{NATS: nats}) {
			require.NotContains(t, f.name, "nats")
		}
	}
}
