// Package redisthrottle remembers in Redis who failed to sign in, for all
// replicas together.
package redisthrottle

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/sony/gobreaker/v2"

	"stockroom/pkg/redisdb"
	"stockroom/services/auth"
)

const (
	prefix         = "stockroom:auth:throttle:"
	timeout        = 100 * time.Millisecond // little beside a hash
	failuresToOpen = 3                      // in a row
	openFor        = time.Second            // then one call tries
)

// Throttle implements [auth.Throttle]. While Redis is away it lets another one
// decide.
type Throttle struct {
	redis   *redis.Client
	breaker *gobreaker.CircuitBreaker[int64]
	instead auth.Throttle
	now     func() time.Time
}

var _ auth.Throttle = (*Throttle)(nil)

// New returns a throttle on the Redis at url, which need not be there. While it
// is away, instead decides.
func New(url string, instead auth.Throttle, now func() time.Time, log *slog.Logger) (*Throttle, error) {
	client, err := redisdb.Connect(url, timeout)
	if err != nil {
		return nil, err
	}
	return &Throttle{redis: client, breaker: newBreaker(log), instead: instead, now: now}, nil
}

func newBreaker(log *slog.Logger) *gobreaker.CircuitBreaker[int64] {
	return gobreaker.NewCircuitBreaker[int64](gobreaker.Settings{
		Name:        "throttle",
		Timeout:     openFor,
		ReadyToTrip: func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= failuresToOpen },
		OnStateChange: func(_ string, from, to gobreaker.State) {
			switch {
			case to == gobreaker.StateClosed:
				log.Info("failed sign-ins are counted in Redis again")
			case from == gobreaker.StateClosed:
				log.Warn("failed sign-ins are counted by each replica alone, Redis is away")
			}
		},
	})
}

// Close closes the connections.
func (t *Throttle) Close() error {
	if err := t.redis.Close(); err != nil && !errors.Is(err, redis.ErrClosed) {
		return fmt.Errorf("close Redis: %w", err)
	}
	return nil
}

// Admit implements [auth.Throttle].
func (t *Throttle) Admit(ctx context.Context, marks ...auth.Mark) time.Duration {
	wait, err := t.run(ctx, "admit", marks)
	if err != nil {
		return t.instead.Admit(ctx, marks...)
	}
	return time.Duration(wait) * time.Millisecond
}

// Failed implements [auth.Throttle].
func (t *Throttle) Failed(ctx context.Context, marks ...auth.Mark) {
	if _, err := t.run(ctx, "failed", marks); err != nil {
		t.instead.Failed(ctx, marks...)
	}
}

// Forget implements [auth.Throttle].
func (t *Throttle) Forget(ctx context.Context, mark auth.Mark) {
	t.instead.Forget(ctx, mark) // what it was told while Redis was away
	_, _ = t.run(ctx, "forget", []auth.Mark{mark})
}

//go:embed throttle.lua
var source string

// run runs the script for marks, all or none of them.
func (t *Throttle) run(ctx context.Context, what string, marks []auth.Mark) (int64, error) {
	keys := make([]string, 0, len(marks))
	args := []any{what, t.now().UnixMilli()}
	for _, m := range marks {
		keys = append(keys, prefix+m.Key)
		l := m.Limit
		args = append(args, l.Free, l.First.Milliseconds(), l.Max.Milliseconds(), l.Keep.Milliseconds())
	}
	return t.breaker.Execute(func() (int64, error) {
		// A failure counts although whoever caused it has gone.
		call, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
		defer cancel()
		return redis.NewScript(source).Run(call, t.redis, keys, args...).Int64()
	})
}
