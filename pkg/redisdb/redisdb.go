// Package redisdb connects to a Redis that nothing must wait for.
package redisdb

import (
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

var errURL = errors.New("the URL of Redis must be redis:// or rediss://[user:password@]host[:port][/database], with special characters of the password as %XX")

// Connect prepares a client for the Redis at url, whose every step is over
// within timeout. Nothing is dialed yet. An error never repeats the URL, in which
// a password may be, nor says where it is broken: there may be a piece of it.
func Connect(url string, timeout time.Duration) (*redis.Client, error) {
	opts, err := redis.ParseURL(url)
	if err != nil {
		return nil, errURL
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
