package redisl2_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// operator does to a Redis what happens to it now and then.
type operator struct {
	redis *redis.Client
	pass  func(context.Context, time.Duration) error
}

// dump is everything that a Redis held.
type dump map[string]held

type held struct {
	fields map[string]string
	until  time.Time // zero: for ever
}

func connect(t *testing.T, url string) *server {
	t.Helper()

	opts, err := redis.ParseURL(url)
	require.NoError(t, err)
	raw := redis.NewClient(opts)
	t.Cleanup(func() { require.NoError(t, raw.Close()) })
	s := &server{Store: open(t, url), operator: operator{redis: raw}}
	s.pass = s.passByHand
	return s
}

func (o operator) flush(ctx context.Context) error { return o.redis.FlushDB(ctx).Err() }

// passByHand has everything end d earlier, as the clock of a server cannot be set.
func (o operator) passByHand(ctx context.Context, d time.Duration) error {
	return o.redis.Eval(ctx, `
for _, key in ipairs(redis.call('KEYS', '*')) do
  local left = redis.call('PTTL', key)
  if left >= 0 then redis.call('PEXPIRE', key, left - ARGV[1]) end
end
return 1`, nil, d.Milliseconds()).Err()
}

func (o operator) dump(ctx context.Context, now time.Time) (dump, error) {
	all, err := o.redis.Keys(ctx, "*").Result()
	if err != nil {
		return nil, err
	}
	d := dump{}
	for _, key := range all {
		fields, err := o.redis.HGetAll(ctx, key).Result()
		if err != nil {
			return nil, err
		}
		left, err := o.redis.PTTL(ctx, key).Result()
		if err != nil {
			return nil, err
		}
		one := held{fields: fields}
		if left > 0 {
			one.until = now.Add(left)
		}
		d[key] = one
	}
	return d, nil
}

func (o operator) restore(ctx context.Context, d dump, now time.Time) error {
	failed := o.flush(ctx)
	for key, one := range d {
		left := one.until.Sub(now)
		if !one.until.IsZero() && left <= 0 {
			continue
		}
		failed = errors.Join(failed, o.redis.HSet(ctx, key, one.fields).Err())
		if !one.until.IsZero() {
			failed = errors.Join(failed, o.redis.PExpire(ctx, key, left).Err())
		}
	}
	return failed
}
