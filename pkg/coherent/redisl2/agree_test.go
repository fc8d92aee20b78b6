package redisl2_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/memoryl2"
	"stockroom/pkg/coherent/redisl2"
	"stockroom/pkg/commitlog"
	"stockroom/pkg/testkit"
)

func TestScriptsAgreeWithMemoryOnMiniredis(t *testing.T) {
	t.Parallel()
	agree(t, "redis://"+miniredis.RunT(t).Addr())
}

func TestScriptsAgreeWithMemoryOnRedis(t *testing.T) {
	t.Parallel()
	agree(t, testkit.Redis(t))
}

// agree does the same things to the scripts and to their reference in memory,
// and compares every answer.
func agree(t *testing.T, url string) {
	scripts := open(t, url)
	opts, err := redis.ParseURL(url)
	require.NoError(t, err)
	raw := redis.NewClient(opts)
	t.Cleanup(func() { require.NoError(t, raw.Close()) })

	rapid.Check(t, func(rt *rapid.T) {
		require.NoError(rt, raw.FlushDB(t.Context()).Err())
		p := &pair{ctx: t.Context(), scripts: scripts, memory: memoryl2.New(time.Now), raw: raw}
		rt.Repeat(map[string]func(*rapid.T){
			"get": p.get, "fill": p.fill, "release": p.release, "apply": p.apply,
			"begin": p.begin, "reset": p.reset, "lose": p.lose,
		})
	})
}

type pair struct {
	ctx     context.Context
	scripts *redisl2.Store
	memory  *memoryl2.Store
	raw     *redis.Client
	claims  []coherent.Claim
}

func (p *pair) key(t *rapid.T) coherent.Key {
	id := rapid.SampledFrom([]string{"x", "y"}).Draw(t, "id")
	if rapid.Bool().Draw(t, "list") {
		return coherent.List(id)
	}
	return coherent.Item(id)
}

func number(t *rapid.T, name string) int64 { return rapid.Int64Range(1, 8).Draw(t, name) }

func head(t *rapid.T) commitlog.Head {
	return commitlog.Head{Epoch: rapid.Int64Range(1, 2).Draw(t, "epoch"), Seq: number(t, "seq")}
}

func same[T any](t *rapid.T, do func(coherent.SecondLevel) (T, error), p *pair) T {
	got, err := do(p.scripts)
	require.NoError(t, err)
	want, err := do(p.memory)
	require.NoError(t, err)
	require.Equal(t, want, got)
	return got
}

func (p *pair) get(t *rapid.T) {
	at := head(t)
	c := coherent.Claim{Key: p.key(t), Epoch: at.Epoch, Token: fmt.Sprint(len(p.claims))}
	if len(p.claims) > 0 && rapid.Bool().Draw(t, "again") {
		c = rapid.SampledFrom(p.claims).Draw(t, "claim")
	}
	found := same(t, func(s coherent.SecondLevel) (coherent.Found, error) { return s.Get(p.ctx, c, at.Seq, time.Hour) }, p)
	if found.State == coherent.Claimed {
		p.claims = append(p.claims, c)
	}
}

func (p *pair) fill(t *rapid.T) {
	if len(p.claims) == 0 {
		t.Skip("no claim")
	}
	c := rapid.SampledFrom(p.claims).Draw(t, "claim")
	e := coherent.Entry{AsOf: number(t, "as of"), Version: 1, Body: []byte(c.Token)}
	same(t, func(s coherent.SecondLevel) (bool, error) { return s.Fill(p.ctx, c, e, time.Hour) }, p)
}

func (p *pair) release(t *rapid.T) {
	if len(p.claims) == 0 {
		t.Skip("no claim")
	}
	c := rapid.SampledFrom(p.claims).Draw(t, "claim")
	same(t, func(s coherent.SecondLevel) (bool, error) { return true, s.Release(p.ctx, c) }, p)
}

func (p *pair) apply(t *rapid.T) {
	at := head(t)
	ev := commitlog.Event{
		Epoch: at.Epoch, Seq: at.Seq, Lists: rapid.Bool().Draw(t, "lists"),
		IDs: rapid.SliceOfN(rapid.SampledFrom([]string{"x", "y", "z"}), 0, 2).Draw(t, "ids"),
	}
	same(t, func(s coherent.SecondLevel) (int64, error) { return s.Apply(p.ctx, ev) }, p)
}

func (p *pair) begin(t *rapid.T) {
	at := head(t)
	same(t, func(s coherent.SecondLevel) (bool, error) { return true, s.Begin(p.ctx, at) }, p)
}

func (p *pair) reset(t *rapid.T) {
	at := head(t)
	same(t, func(s coherent.SecondLevel) (bool, error) { return true, s.Reset(p.ctx, at) }, p)
}

func (p *pair) lose(t *rapid.T) {
	require.NoError(t, p.raw.Del(p.ctx, "{test:v1}:w").Err())
	p.memory.LoseWatermark()
}
