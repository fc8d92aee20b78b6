//go:build failpoints

package registration_test

import (
	"flag"
	"testing"
	"time"

	"stockroom/e2e/registration"
	"stockroom/e2e/stack"
)

var (
	seed  = flag.Uint64("registration.seed", 1, "of the order of the kills; 0: another one each time")
	kills = flag.Int("registration.kills", 2, "how many at each step")
)

func TestMain(m *testing.M) { stack.Main(m) }

func TestNoKillLeavesHalfAnAccount(t *testing.T) {
	t.Parallel()

	o := registration.Options{Seed: *seed, Kills: *kills}
	if o.Seed == 0 {
		o.Seed = uint64(time.Now().UnixNano())
	}
	registration.Run(t, o)
}
