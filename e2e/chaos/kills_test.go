//go:build failpoints

package chaos_test

import (
	"flag"
	"testing"

	"stockroom/e2e/chaos"
)

var kills = flag.Int("chaos.kills", 1, "how many at each failpoint")

func TestNoKillIsEverNoticed(t *testing.T) {
	t.Parallel()

	o := options()
	o.Kills, o.For = *kills, 0
	chaos.Run(t, o)
}
