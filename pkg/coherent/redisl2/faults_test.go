package redisl2_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/redisl2"
	"stockroom/pkg/commitlog"
	"stockroom/pkg/testkit"
)

// shop is a cache over a database of one number, with a second cache beside it
// that shows whether the second level works.
type shop struct {
	t          *testing.T
	seq        atomic.Int64
	cache, too *coherent.Cache
}

func newShop(t *testing.T, url string) *shop {
	t.Helper()
	s := &shop{t: t}
	s.cache, s.too = s.replica(url), s.replica(url)
	return s
}

func (s *shop) replica(url string) *coherent.Cache {
	s.t.Helper()
	store, err := redisl2.New(redisl2.Config{
		URL: url, Name: "shop", Timeout: 100 * time.Millisecond, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	require.NoError(s.t, err)
	s.t.Cleanup(func() { require.NoError(s.t, store.Close()) })
	c := coherent.New(coherent.Config{Name: "shop", Store: store})
	s.t.Cleanup(c.Close)
	c.Follow(s)
	require.NoError(s.t, c.Reset(s.t.Context(), s.Applied()))
	return c
}

func (s *shop) Applied() commitlog.Head { return commitlog.Head{Epoch: 1, Seq: s.seq.Load()} }

func (s *shop) Fresh() bool { return true }

func (s *shop) Age() time.Duration { return 0 }

func (s *shop) OwnSeq() int64 { return 0 }

func (s *shop) Wait(context.Context, int64) bool { return false }

// sell makes a commit, which both caches apply, and reads what they say.
func (s *shop) sell() {
	s.t.Helper()
	seq := s.seq.Load() + 1
	ev := commitlog.Event{Epoch: 1, Seq: seq, IDs: []string{"x"}, Lists: true}
	require.NoError(s.t, s.cache.Apply(s.t.Context(), ev))
	require.NoError(s.t, s.too.Apply(s.t.Context(), ev))
	s.seq.Store(seq)
	for _, key := range []coherent.Key{coherent.Item("x"), coherent.List("x")} {
		s.read(s.cache, key)
		s.read(s.too, key)
	}
}

func (s *shop) read(c *coherent.Cache, key coherent.Key) coherent.Origin {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 30*time.Second)
	defer cancel()
	a, err := c.Get(ctx, key, 0, func(context.Context) (coherent.Entry, error) {
		seq := s.seq.Load()
		return coherent.Entry{AsOf: seq, Version: seq, Body: fmt.Append(nil, seq)}, nil
	})
	require.NoError(s.t, err)
	require.Equal(s.t, fmt.Sprint(s.seq.Load()), string(a.Body))
	return a.Origin
}

// works waits until what one cache loads is found by the other.
func (s *shop) works() {
	s.t.Helper()
	before := s.too.Stats().L2Hits
	require.Eventually(s.t, func() bool {
		s.sell()
		return s.too.Stats().L2Hits > before
	}, time.Minute, time.Millisecond)
}

// suffers waits until the loss of Redis is noticed.
func (s *shop) suffers() {
	s.t.Helper()
	before := s.cache.Stats().L2Errors
	require.Eventually(s.t, func() bool {
		s.sell()
		return s.cache.Stats().L2Errors > before+5
	}, time.Minute, time.Millisecond)
}

func TestRedisComesAndGoes(t *testing.T) {
	t.Parallel()
	server := testkit.NewRedisServer(t)
	server.Stop()
	s := newShop(t, server.URL())
	s.suffers() // it was never there

	server.Start()
	s.works()

	server.Stop()
	s.suffers()
	server.Start()
	s.works()

	server.Freeze()
	s.suffers()
	server.Thaw()
	s.works()
}

func TestRedisLosesItsData(t *testing.T) {
	t.Parallel()
	url := testkit.Redis(t)
	s := newShop(t, url)
	s.works()
	opts, err := redis.ParseURL(url)
	require.NoError(t, err)
	raw := redis.NewClient(opts)
	t.Cleanup(func() { require.NoError(t, raw.Close()) })

	for range 10 {
		require.NoError(t, raw.FlushDB(t.Context()).Err())
		s.works()
		require.NoError(t, raw.Del(t.Context(), "{shop:v1}:w").Err())
		s.works()
	}
	require.NoError(t, raw.ScriptFlush(t.Context()).Err())
	s.works()
}

func TestUnreadableValueIsReplaced(t *testing.T) {
	t.Parallel()

	for name, poison := range map[string]string{
		"Empty": "", "UnknownSchema": "\x7f{}", "Torn": "\x02\x28\xb5\x2f", "Bomb": "\x02" + bomb(t),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := testkit.Redis(t)
			store := open(t, url)
			opts, err := redis.ParseURL(url)
			require.NoError(t, err)
			raw := redis.NewClient(opts)
			t.Cleanup(func() { require.NoError(t, raw.Close()) })
			ctx := t.Context()
			_, err = store.Begin(ctx, commitlog.Head{Epoch: 1, Seq: 7})
			require.NoError(t, err)
			c := coherent.Claim{Key: coherent.Item("x"), Epoch: 1, Token: "t"}
			_, err = store.Get(ctx, c, 7, time.Hour)
			require.NoError(t, err)
			kept, err := store.Fill(ctx, c, coherent.Entry{AsOf: 7, Body: []byte("{}")}, time.Hour)
			require.NoError(t, err)
			require.True(t, kept)
			require.NoError(t, raw.HSet(ctx, "{test:v1}:p:x", "d", poison).Err())

			peeked, err := store.Peek(ctx, c.Key, 1)
			require.NoError(t, err)
			require.Equal(t, coherent.Found{State: coherent.Missing, Watermark: 7}, peeked)

			found, err := store.Get(ctx, c, 7, time.Hour)

			require.NoError(t, err)
			require.Equal(t, coherent.Claimed, found.State)
		})
	}
}

// bomb returns few bytes that unpack to many.
func bomb(t *testing.T) string {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	return string(w.EncodeAll(bytes.Repeat([]byte{0}, 64<<20), nil))
}
