package redisthrottle_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/testkit"
	"stockroom/services/auth"
	"stockroom/services/auth/adapters/memorythrottle"
	"stockroom/services/auth/adapters/redisthrottle"
	"stockroom/services/auth/authtest"
)

func open(t *testing.T, url string, now func() time.Time) *redisthrottle.Throttle {
	t.Helper()
	x, err := redisthrottle.New(url, memorythrottle.New(now), now, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, x.Close()) })
	return x
}

func TestThrottle(t *testing.T) {
	t.Parallel()

	url := testkit.Redis(t)
	authtest.TestThrottle(t, func(t *testing.T, now func() time.Time) auth.Throttle { t.Helper(); return open(t, url, now) })
}

// Nothing listens there.
func TestThrottleWithoutRedis(t *testing.T) {
	t.Parallel()

	authtest.TestThrottle(t, func(t *testing.T, now func() time.Time) auth.Throttle {
		t.Helper()
		return open(t, "redis://127.0.0.1:1/0", now)
	})
}

var limit = auth.Limit{Free: 1, First: time.Minute, Max: time.Minute, Keep: time.Hour}

func TestReplicasCountTogether(t *testing.T) {
	t.Parallel()

	url := testkit.Redis(t)
	one, two := open(t, url, time.Now), open(t, url, time.Now)
	m := auth.Mark{Key: authtest.ID(), Limit: limit}
	one.Failed(t.Context(), m)
	require.Zero(t, two.Admit(t.Context(), m))
	two.Failed(t.Context(), m)
	require.Positive(t, one.Admit(t.Context(), m))
	two.Forget(t.Context(), m)
	require.Zero(t, one.Admit(t.Context(), m))
}

func TestFailuresAreForgotten(t *testing.T) {
	t.Parallel()

	url := testkit.Redis(t)
	x := open(t, url, time.Now)
	short := auth.Limit{Free: 0, First: time.Hour, Max: time.Hour, Keep: 50 * time.Millisecond}
	m := auth.Mark{Key: authtest.ID(), Limit: short}
	x.Failed(t.Context(), m)

	opts, err := redis.ParseURL(url)
	require.NoError(t, err)
	client := redis.NewClient(opts)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	require.Eventually(t, func() bool {
		return client.Exists(t.Context(), "stockroom:auth:throttle:"+m.Key).Val() == 0
	}, 10*time.Second, 5*time.Millisecond, "nothing stays in Redis for ever")
	require.Zero(t, x.Admit(t.Context(), m))
}

func TestRedisComesAndGoes(t *testing.T) {
	t.Parallel()

	server := testkit.NewRedisServer(t)
	x, other := open(t, server.URL(), time.Now), open(t, server.URL(), time.Now)
	before, meanwhile := auth.Mark{Key: authtest.ID(), Limit: limit}, auth.Mark{Key: authtest.ID(), Limit: limit}
	x.Failed(t.Context(), before)
	x.Failed(t.Context(), before)
	require.Positive(t, x.Admit(t.Context(), before))

	server.Stop()
	x.Failed(t.Context(), meanwhile)
	x.Failed(t.Context(), meanwhile)
	require.Positive(t, x.Admit(t.Context(), meanwhile))

	server.Start()
	require.Eventually(t, func() bool {
		x.Failed(t.Context(), before)
		return other.Admit(t.Context(), before) > 0
	}, 10*time.Second, 50*time.Millisecond, "it is used again")
}
