package rights_test

import (
	"flag"
	"testing"

	"stockroom/e2e/rights"
	"stockroom/e2e/stack"
)

var (
	count  = flag.Int("rights.changes", 14, "how often rights are taken away in each part")
	atOnce = flag.Int("rights.at-once", 4, "how many changes are watched at once")
)

func TestMain(m *testing.M) { stack.Main(m) }

func TestRightsEndAtOnce(t *testing.T) {
	t.Parallel()

	rights.Run(t, rights.Options{Changes: *count, AtOnce: *atOnce})
}
