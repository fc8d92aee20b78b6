// Package redisdb connects to a Redis that nothing must wait for.
package redisdb

import (
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Connect prepares a client for the Redis at url, whose every step is over
// within timeout. Nothing is dialed yet.
func Connect(url string, timeout time.Duration) (*redis.Client, error) {
	opts, err := redis.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("parse URL of Redis: %w", err)
	}
	opts.ContextTimeoutEnabled = true // off by default: a call would ignore its deadline
	opts.DialTimeout = max(10*timeout, 100*time.Millisecond)
	opts.DialerRetries = 1 // waits between dials; whoever calls tries again
	opts.ReadTimeout = timeout
	opts.WriteTimeout = timeout
	opts.PoolTimeout = timeout
	opts.MaxRetries = 1 // for a connection that has gone stale in the pool
	opts.MinRetryBackoff = time.Millisecond
	opts.MaxRetryBackoff = time.Millisecond
	opts.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	opts.DisableIdentity = true // two commands per connection that nobody reads
	opts.Protocol = 2
	// The library writes every failed dial to standard error, for the whole
	// process. Whoever calls says once what matters of it.
	logging.Disable()
	return redis.NewClient(opts), nil
}
