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
	copies = flag.Int("limits.copies", 200, "how often each request is sent at once")
	slow   = flag.Int("limits.slow", 500, "how many clients are slow at once")
	during = flag.Duration("limits.for", 3*time.Second, "how long they are")
)

func TestMain(m *testing.M) { stack.Main(m) }
