package testkit

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/testkit/servers"
)

// redisServer is one for all tests of a process.
var redisServer = sync.OnceValues(func() (*servers.Server, error) {
	if given := os.Getenv("TEST_REDIS_URL"); given != "" {
		return &servers.Server{URL: given}, nil
	}
	ctx, cancel := background()
	defer cancel()
	port, err := servers.FreePort()
	if err != nil {
		return nil, err
	}
	return servers.Redis(ctx, port)
})

// Redis returns the URL of an empty logical database of t's own.
func Redis(t testing.TB) string {
	t.Helper()
	server, err := redisServer()
	require.NoError(t, err)
	number, err := claim(t.Context(), server.URL)
	require.NoError(t, err)
	own, err := withNumber(server.URL, number)
	require.NoError(t, err)

	require.NoError(t, onRedis(own, func(c *redis.Client) error { return c.FlushDB(t.Context()).Err() }))
	cleanup(t, "give back redis database", func(ctx context.Context) error {
		err := onRedis(own, func(c *redis.Client) error { return c.FlushDB(ctx).Err() })
		return errors.Join(err, onRedis(server.URL, func(c *redis.Client) error { return c.Del(ctx, claimKey(number)).Err() }))
	})
	return own
}

// claim reserves a database of the server, and waits for one if all are taken:
// test processes may share a server. Database 0 keeps the reservations.
func claim(ctx context.Context, server string) (number int, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err = onRedis(server, func(c *redis.Client) error {
		config, err := c.ConfigGet(ctx, "databases").Result()
		if err != nil {
			return fmt.Errorf("count databases: %w", err)
		}
		count, err := strconv.Atoi(config["databases"])
		if err != nil {
			return fmt.Errorf("count databases: %w", err)
		}
		for {
			for number = 1; number < count; number++ {
				ok, err := c.SetNX(ctx, claimKey(number), os.Getpid(), 15*time.Minute).Result()
				if err != nil || ok {
					return err
				}
			}
			select {
			case <-ctx.Done():
				return errors.New("all redis databases are in use")
			case <-time.After(50 * time.Millisecond):
			}
		}
	})
	return number, err
}

func claimKey(number int) string { return fmt.Sprintf("testkit:claim:%d", number) }

func onRedis(url string, do func(*redis.Client) error) error {
	opts, err := redis.ParseURL(url)
	if err != nil {
		return fmt.Errorf("parse url of Redis: %w", err)
	}
	c := redis.NewClient(opts)
	return errors.Join(do(c), c.Close())
}

func withNumber(server string, number int) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", fmt.Errorf("parse url of Redis: %w", err)
	}
	u.Path = "/" + strconv.Itoa(number)
	return u.String(), nil
}
