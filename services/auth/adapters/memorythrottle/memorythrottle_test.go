package memorythrottle_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
	"stockroom/services/auth/adapters/memorythrottle"
	"stockroom/services/auth/authtest"
)

func TestThrottle(t *testing.T) {
	t.Parallel()

	authtest.TestThrottle(t, func(_ *testing.T, now func() time.Time) auth.Throttle { return memorythrottle.New(now) })
}

var limit = auth.Limit{Free: 0, First: time.Second, Max: time.Second, Keep: time.Minute}

func TestFailuresAreForgotten(t *testing.T) {
	t.Parallel()

	now := time.Now()
	x := memorythrottle.New(func() time.Time { return now })
	m := auth.Mark{Key: "m", Limit: limit}
	x.Failed(t.Context(), m)
	require.Equal(t, time.Second, x.Admit(t.Context(), m))
	now = now.Add(time.Minute)
	require.Zero(t, x.Admit(t.Context(), m))
	require.Zero(t, x.Admit(t.Context(), m), "there is no delay left to take up")
}

// Whoever fails with ever new names must not fill the memory.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()

	now := time.Now()
	x := memorythrottle.New(func() time.Time { return now })
	remembered := func(n int) (count int) {
		for i := range n {
			if x.Admit(t.Context(), auth.Mark{Key: strconv.Itoa(i), Limit: limit}) > 0 {
				count++
			}
		}
		return count
	}
	const many = 200_000
	for i := range many {
		x.Failed(t.Context(), auth.Mark{Key: strconv.Itoa(i), Limit: limit})
	}
	count := remembered(many)
	require.LessOrEqual(t, count, 1<<16)
	require.Greater(t, count, 1<<15)
	require.Equal(t, time.Second, x.Admit(t.Context(), auth.Mark{Key: strconv.Itoa(many - 1), Limit: limit}), "the newest is kept")
}
