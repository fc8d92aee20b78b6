package upstream_test

import (
	"testing"

	"go.uber.org/goleak"
)

// Whatever a pool has started ends with it. Only the library's sweeper of idle
// connections sleeps on for a while after the last one is closed.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*HostClient).connsCleaner"))
}
