package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"

	"github.com/redis/go-redis/v9"
)

// Redis starts a Redis server on port, which keeps nothing on disk.
func Redis(ctx context.Context, port int) (*Server, error) {
	settings := []string{"redis-server", "--save", "", "--appendonly", "no", "--databases", "256", "--loglevel", "warning"}
	s, err := start(ctx, program{
		name:  "Redis",
		image: "redis:8",
		port:  "6379/tcp",
		args:  append(settings, "--protected-mode", "no", "--bind", "0.0.0.0"),
		local: func() (command, error) { return localRedis(settings, port) },
	}, port)
	if err != nil {
		return nil, err
	}
	s.URL = fmt.Sprintf("redis://127.0.0.1:%d/0", port)
	if err := await(ctx, s, func(ctx context.Context) error { return pingRedis(ctx, s.URL) }); err != nil {
		return nil, errors.Join(fmt.Errorf("start Redis: %w", err), s.Stop())
	}
	return s, nil
}

func localRedis(settings []string, port int) (command, error) {
	if _, err := exec.LookPath(settings[0]); err != nil {
		return command{}, fmt.Errorf("look for Redis: %w", err)
	}
	dir, err := os.MkdirTemp("", "stockroom-redis-")
	if err != nil {
		return command{}, fmt.Errorf("make folder: %w", err)
	}
	return command{
		dir:  dir,
		quit: "KILL",
		args: append(settings, "--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--dir", dir),
	}, nil
}

func pingRedis(ctx context.Context, url string) error {
	opts, err := redis.ParseURL(url)
	if err != nil {
		return err
	}
	opts.MaxRetries = -1
	client := redis.NewClient(opts)
	return errors.Join(client.Ping(ctx).Err(), client.Close())
}
