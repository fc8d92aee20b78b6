//go:build !race

package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// mutantSeeds is within how many worlds the lack of a guard must show.
const mutantSeeds = 3000

func TestEveryGuardIsNeeded(t *testing.T) {
	t.Parallel()

	for name, without := range mutants {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seed, w := search(1, mutantSeeds, without, new(tally))
			require.NotNil(t, w, "no wrong answer in %d seeds", mutantSeeds)
			t.Logf("seed %d: %s", seed, w.wrong)
		})
	}
}

func TestWithoutACaution(t *testing.T) {
	t.Parallel()

	for name, without := range cautious {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seed, w := search(1, min(*seeds, mutantSeeds), without, new(tally))
			if w != nil {
				t.Fatalf("seed %d: %s\n%s", seed, w.wrong, &w.trace)
			}
		})
	}
}
