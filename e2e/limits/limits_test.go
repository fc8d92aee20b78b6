// Package limits looks at what many requests at once, and clients that take
// their time, cost the processes of the system.
package limits

import (
	"flag"
	"testing"
	"time"

	"stockroom/e2e/stack"
)

var (
	copies = flag.Int("limits.copies", 100, "how often each request is sent at once")
	slow   = flag.Int("limits.slow", 500, "how many clients are slow at once")
	during = flag.Duration("limits.for", time.Second, "how long they are")
)

// warmth is what processes may grow by because they have hardly done anything
// before. With a thousand copies it does not count any more.
func warmth() int64 {
	const many, all = 1000, 32 << 20
	if *copies >= many {
		return 0
	}
	return all
}

// shared is what the gateway may keep of large bodies and answers, however many
// clients there are. With thousands of them it does not count any more.
func shared() int64 {
	const many, all = 5000, (32 + 48 + 8) << 20
	if *slow >= many {
		return 0
	}
	return all
}

func TestMain(m *testing.M) { stack.Main(m) }
