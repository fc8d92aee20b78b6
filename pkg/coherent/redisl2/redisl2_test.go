package redisl2_test

import (
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/coherenttest"
	"stockroom/pkg/coherent/redisl2"
	"stockroom/pkg/testkit"
)

func TestStoreOnMiniredis(t *testing.T) {
	t.Parallel()

	coherenttest.TestSecondLevel(t, func(t *testing.T) (coherent.SecondLevel, func(time.Duration)) {
		server := miniredis.RunT(t)
		return open(t, "redis://"+server.Addr()), server.FastForward
	})
}

func TestStoreOnRedis(t *testing.T) {
	t.Parallel()

	coherenttest.TestSecondLevel(t, func(t *testing.T) (coherent.SecondLevel, func(time.Duration)) {
		return open(t, testkit.Redis(t)), func(time.Duration) {}
	})
}

// open returns a store with the patience of a busy machine.
func open(t *testing.T, url string) *redisl2.Store {
	t.Helper()
	s, err := redisl2.New(redisl2.Config{URL: url, Name: "test", Timeout: 10 * time.Second})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}
