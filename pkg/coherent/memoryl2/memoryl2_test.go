package memoryl2_test

import (
	"testing"
	"time"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/coherenttest"
	"stockroom/pkg/coherent/memoryl2"
)

func TestStore(t *testing.T) {
	t.Parallel()

	coherenttest.TestSecondLevel(t, func(*testing.T) (coherent.SecondLevel, func(time.Duration)) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		return memoryl2.New(func() time.Time { return now }), func(d time.Duration) { now = now.Add(d) }
	})
}
