// Package redisl2 is a second level in Redis.
package redisl2

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/sony/gobreaker/v2"

	"stockroom/pkg/coherent"
	"stockroom/pkg/commitlog"
	"stockroom/pkg/redisdb"
)

// Config is what a [Store] needs.
type Config struct {
	URL  string // redis://…, of a logical database with room for the cache
	Name string // of what is cached; caches of one name share their values
	Log  *slog.Logger

	// Timeout is the longest time for one call; 10 ms. What is slower than that
	// is treated as away: the database is not much slower.
	Timeout time.Duration
}

// Store is a [coherent.SecondLevel] in Redis, which may be away at any time,
// from the start as well: after a few failures in a row calls fail at once, but
// for one every 250 ms that finds out whether Redis is back.
//
// The server must not evict keys that have no time to live (maxmemory-policy
// volatile-lru), or it forgets its watermark, and everything with it, too often.
type Store struct {
	redis   *redis.Client
	breaker *gobreaker.CircuitBreaker[any]
	timeout time.Duration
	prefix  string
	values  envelope
}

var _ coherent.SecondLevel = (*Store)(nil)

// New returns a store. It does not need Redis to be there; it fails if the URL
// cannot be read.
func New(cfg Config) (*Store, error) {
	if cfg.Timeout == 0 {
		cfg.Timeout = 10 * time.Millisecond
	}
	client, err := redisdb.Connect(cfg.URL, cfg.Timeout)
	if err != nil {
		return nil, err
	}
	values, err := newEnvelope()
	if err != nil {
		return nil, errors.Join(err, client.Close())
	}
	return &Store{
		redis:   client,
		breaker: newBreaker(cfg.Name, cfg.Log),
		timeout: cfg.Timeout,
		prefix:  "{" + cfg.Name + ":v1}:",
		values:  values,
	}, nil
}

// Close closes the connections to Redis.
func (s *Store) Close() error { return s.redis.Close() }

// Get implements [coherent.SecondLevel].
func (s *Store) Get(ctx context.Context, c coherent.Claim, need int64, lease time.Duration) (coherent.Found, error) {
	keys := []string{s.watermark(), s.slot(c.Key)}
	for tries := 0; ; tries++ {
		reply, err := s.run(ctx, getScript, keys, c.Epoch, need, c.Token, lease.Milliseconds(), flag(c.Key.IsList()))
		if err != nil {
			return coherent.Found{}, err
		}
		found, packed, err := foundOf(reply)
		if err != nil || found.State != coherent.Hit {
			return found, err
		}
		if found.Entry.Body, err = s.values.unpack(packed); err == nil {
			return found, nil
		}
		if tries > 0 {
			return coherent.Found{}, err
		}
		// A value that nobody can read must not stay for everybody to stumble over.
		if _, err := s.run(ctx, discardScript, keys[1:], packed); err != nil {
			return coherent.Found{}, err
		}
	}
}

// Peek implements [coherent.SecondLevel]. A value that nobody can read is
// missing: Get discards it.
func (s *Store) Peek(ctx context.Context, key coherent.Key, epoch int64) (coherent.Found, error) {
	reply, err := s.run(ctx, peekScript, []string{s.watermark(), s.slot(key)}, epoch, flag(key.IsList()))
	if err != nil {
		return coherent.Found{}, err
	}
	found, packed, err := foundOf(reply)
	if err != nil || found.State != coherent.Hit {
		return found, err
	}
	if found.Entry.Body, err = s.values.unpack(packed); err != nil {
		return coherent.Found{State: coherent.Missing, Watermark: found.Watermark}, nil
	}
	return found, nil
}

// Fill implements [coherent.SecondLevel].
func (s *Store) Fill(ctx context.Context, c coherent.Claim, e coherent.Entry, ttl time.Duration) (bool, error) {
	reply, err := s.run(ctx, fillScript, []string{s.watermark(), s.slot(c.Key)},
		c.Epoch, c.Token, flag(c.Key.IsList()), e.AsOf, e.Version, s.values.pack(e.Body), ttl.Milliseconds())
	return reply == int64(1), err
}

// Release implements [coherent.SecondLevel].
func (s *Store) Release(ctx context.Context, c coherent.Claim) error {
	_, err := s.run(ctx, fillScript, []string{s.watermark(), s.slot(c.Key)}, c.Epoch, c.Token)
	return err
}

// Apply implements [coherent.SecondLevel].
func (s *Store) Apply(ctx context.Context, ev commitlog.Event) (int64, error) {
	keys := make([]string, 0, 1+len(ev.IDs))
	keys = append(keys, s.watermark())
	for _, id := range ev.IDs {
		keys = append(keys, s.slot(coherent.Item(id)))
	}
	reply, err := s.run(ctx, applyScript, keys, ev.Epoch, ev.Seq, flag(ev.Lists))
	if err != nil {
		return 0, err
	}
	at, ok := reply.(int64)
	if !ok {
		return 0, fmt.Errorf("apply event %d: unexpected reply %T", ev.Seq, reply)
	}
	return at, nil
}

// Begin implements [coherent.SecondLevel].
func (s *Store) Begin(ctx context.Context, head commitlog.Head) (forgot bool, err error) {
	return s.reset(ctx, head, true)
}

// Reset implements [coherent.SecondLevel].
func (s *Store) Reset(ctx context.Context, head commitlog.Head) (forgot bool, err error) {
	return s.reset(ctx, head, false)
}

func (s *Store) reset(ctx context.Context, head commitlog.Head, exactly bool) (forgot bool, err error) {
	reply, err := s.run(ctx, resetScript, []string{s.watermark()}, head.Epoch, head.Seq, rand.Text(), flag(exactly))
	return reply == int64(1), err
}

func (s *Store) watermark() string { return s.prefix + "w" }

func (s *Store) slot(key coherent.Key) string { return s.prefix + key.String() }
