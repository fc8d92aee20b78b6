package chaos_test

import (
	"flag"
	"regexp"
	"testing"
	"time"

	"stockroom/e2e/chaos"
	"stockroom/e2e/stack"
)

var (
	seed    = flag.Uint64("chaos.seed", 1, "of the faults and the load; 0: another one each time")
	total   = flag.Duration("chaos.for", time.Minute, "how long the faults go on")
	readers = flag.Int("chaos.readers", 2, "how many ask each replica")
	only    = flag.String("chaos.only", "", "a regular expression: only faults with such a name")
	nats    = flag.String("chaos.nats", "yes", "how messages fare: yes, as badly as all else; well; no: none ever arrives")
	pause   = flag.Duration("chaos.pause", 2*time.Millisecond, "how long a reader waits before its next question")
)

func TestMain(m *testing.M) { stack.Main(m) }

func TestNoAnswerIsEverWrong(t *testing.T) {
	t.Parallel()

	chaos.Run(t, options())
}

func options() chaos.Options {
	o := chaos.Options{Seed: *seed, For: *total, Readers: *readers, Pause: *pause, NATS: chaos.NATS(*nats)}
	if *only != "" {
		o.Only = regexp.MustCompile(*only)
	}
	if o.Seed == 0 {
		o.Seed = uint64(time.Now().UnixNano())
	}
	return o
}
