package chaos

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"stockroom/e2e/chaos/link"
)

// users returns the replicas that use a Redis.
func users(place int) (found []int) {
	for replica, redis := range sharedBy {
		if redis == place {
			found = append(found, replica)
		}
	}
	return found
}

func redisFaults() []fault {
	at := func(name string, from, to time.Duration, begin func(s *shop, place int) func()) fault {
		return fault{name, from, to, 2, func(s *shop, place int) (func(), []int) { return begin(s, place), users(place) }}
	}
	links := func(name string, state link.State) fault {
		return at(name, short, long, func(s *shop, place int) func() {
			for _, replica := range users(place) {
				s.replicas[replica].redis.Set(state)
			}
			return func() {
				for _, replica := range users(place) {
					s.replicas[replica].redis.Set(link.State{})
				}
			}
		})
	}
	return []fault{
		at("redis stops", short, long, func(s *shop, place int) func() {
			s.redis[place].Stop()
			return s.redis[place].Start
		}),
		at("redis freezes", short, long, func(s *shop, place int) func() {
			s.redis[place].Freeze()
			return s.redis[place].Thaw
		}),
		links("redis is slow", link.State{Delay: 200 * time.Millisecond}),
		links("redis is a little slow", link.State{Delay: 3 * time.Millisecond}),
		links("redis answers are held", link.State{HoldDn: true}),
		links("redis refuses", link.State{Refuse: true}),
		at("redis is flushed", 0, short, func(s *shop, place int) func() {
			s.onRedis(place, func(ctx context.Context, c *redis.Client) error { return c.FlushAll(ctx).Err() })
			return func() {}
		}),
		at("redis loses its watermark", 0, short, func(s *shop, place int) func() {
			s.onRedis(place, loseWatermark)
			return func() {}
		}),
		at("redis goes back", short, long, rollBack),
		at("redis goes back a little", 0, short, rollBack),
	}
}

func (s *shop) onRedis(place int, do func(ctx context.Context, c *redis.Client) error) {
	s.t.Helper()

	opts, err := redis.ParseURL(s.redis[place].URL())
	require.NoError(s.t, err)
	c := redis.NewClient(opts)
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	require.NoError(s.t, errors.Join(do(ctx, c), c.Close()))
}

func loseWatermark(ctx context.Context, c *redis.Client) error {
	keys, err := c.Keys(ctx, "{*}:w").Result()
	if err != nil || len(keys) == 0 {
		return err
	}
	return c.Del(ctx, keys...).Err()
}

// rollBack replaces what Redis has by what it had when the fault began, as a
// failover to a replica that lags does.
func rollBack(s *shop, place int) func() {
	// In one step: a copy is of one moment.
	const dump = `local all = {}
for _, key in ipairs(redis.call('KEYS', '*')) do
  all[#all + 1] = key
  all[#all + 1] = redis.call('DUMP', key)
  all[#all + 1] = tostring(math.max(redis.call('PTTL', key), 0))
end
return all`
	const restore = `redis.call('FLUSHALL')
for i = 1, #ARGV, 3 do redis.call('RESTORE', ARGV[i], ARGV[i + 2], ARGV[i + 1]) end
return 0`
	var kept []any
	s.onRedis(place, func(ctx context.Context, c *redis.Client) (err error) {
		kept, err = c.Eval(ctx, dump, nil).Slice()
		return err
	})
	return func() {
		s.onRedis(place, func(ctx context.Context, c *redis.Client) error { return c.Eval(ctx, restore, nil, kept...).Err() })
	}
}
