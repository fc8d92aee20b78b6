package redisl2_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/memoryl2"
	"stockroom/pkg/coherent/redisl2"
	"stockroom/pkg/commitlog"
	"stockroom/pkg/testkit"
)

// TestScriptsAgreeWithMemory does the same things to the scripts, on miniredis
// and on a real Redis, and to their reference in memory, and compares every
// answer.
func TestScriptsAgreeWithMemory(t *testing.T) {
	t.Parallel()

	mini := miniredis.RunT(t)
	servers := []*server{connect(t, "redis://"+mini.Addr()), connect(t, testkit.Redis(t))}
	servers[0].pass = func(_ context.Context, d time.Duration) error { mini.FastForward(d); return nil }
	var steps int
	seen := map[string]int{}
	for steps < agreeSteps && !t.Failed() {
		rapid.Check(t, func(rt *rapid.T) {
			g := newGame(rt, servers, seen)
			rt.Repeat(map[string]func(*rapid.T){
				"get": g.get, "look": g.get, "peek": g.peek, "fill": g.fill, "release": g.release, "apply": g.apply, "disturb": g.disturb,
				"": func(*rapid.T) { steps++ },
			})
		})
	}
	for _, answer := range []string{"behind", "hit", "claimed", "wait", "missing", "filled", "refused", "applied", "not applied"} {
		require.Positive(t, seen[answer], answer)
	}
	t.Logf("%d steps: %v", steps, seen)
}

// server is a Redis with a store, and the powers of its operator.
type server struct {
	*redisl2.Store
	operator
}

// game is one sequence of steps.
type game struct {
	ctx     context.Context
	memory  *memoryl2.Store
	servers []*server
	now     time.Time
	claims  []coherent.Claim
	saved   []save
	at      commitlog.Head // about where the watermark is
	seen    map[string]int // how often each answer was given
}

// save is what was remembered of all stores.
type save struct {
	memory  func()
	servers []dump
}

func newGame(t *rapid.T, servers []*server, seen map[string]int) *game {
	g := &game{ctx: t.Context(), servers: servers, seen: seen, at: commitlog.Head{Epoch: 1, Seq: 5}}
	g.memory = memoryl2.New(func() time.Time { return g.now })
	for _, s := range servers {
		require.NoError(t, s.flush(g.ctx))
	}
	g.save(t) // what a flush leaves
	g.begin(t)
	return g
}

// same does something to all stores, and compares what they say.
func same[T any](t *rapid.T, g *game, do func(coherent.SecondLevel) (T, error)) T {
	want, err := do(g.memory)
	require.NoError(t, err)
	for _, s := range g.servers {
		got, err := do(s.Store)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	return want
}

// near returns a number not far from the watermark.
func (g *game) near(t *rapid.T, name string) int64 {
	return max(0, g.at.Seq+rapid.Int64Range(-2, 2).Draw(t, name))
}

// head returns a head that is often in the epoch of the watermark.
func (g *game) head(t *rapid.T) commitlog.Head {
	h := commitlog.Head{Epoch: g.at.Epoch, Seq: g.near(t, "seq")}
	if rapid.IntRange(0, 9).Draw(t, "elsewhere") == 0 {
		h.Epoch = rapid.Int64Range(1, 2).Draw(t, "epoch")
	}
	return h
}

// disturb does what happens less often.
func (g *game) disturb(t *rapid.T) {
	rapid.SampledFrom([]func(*rapid.T){g.begin, g.reset, g.pass, g.save, g.restore, g.lose}).Draw(t, "disturbance")(t)
}

// life is how long a value or a claim lives: none ends at the very moment that
// is the sum of some passes.
func life(t *rapid.T) time.Duration {
	return rapid.SampledFrom([]time.Duration{time.Hour, 3 * time.Hour}).Draw(t, "life")
}

const onePass = 40 * time.Minute

func (g *game) claim(t *rapid.T) coherent.Claim {
	if len(g.claims) == 0 {
		t.Skip("no claim")
	}
	last := len(g.claims) - 1
	return g.claims[last-rapid.IntRange(0, min(last, 3)).Draw(t, "claim")]
}

func (g *game) key(t *rapid.T) coherent.Key {
	id := rapid.SampledFrom([]string{"x", "y"}).Draw(t, "id")
	if rapid.Bool().Draw(t, "list") {
		return coherent.List(id)
	}
	return coherent.Item(id)
}

func (g *game) peek(t *rapid.T) {
	key, epoch := g.key(t), g.head(t).Epoch
	found := same(t, g, func(s coherent.SecondLevel) (coherent.Found, error) { return s.Peek(g.ctx, key, epoch) })
	g.seen[found.State.String()]++
}

func (g *game) get(t *rapid.T) {
	at := g.head(t)
	c := coherent.Claim{Key: g.key(t), Epoch: at.Epoch, Token: fmt.Sprint(len(g.claims))}
	if len(g.claims) > 0 && rapid.IntRange(0, 4).Draw(t, "again") == 0 {
		c = g.claim(t)
	}
	lease := life(t)
	found := same(t, g, func(s coherent.SecondLevel) (coherent.Found, error) { return s.Get(g.ctx, c, at.Seq-1, lease) })
	g.seen[found.State.String()]++
	if found.Watermark != coherent.Lost {
		g.at.Seq = found.Watermark
	}
	if found.State == coherent.Claimed && !slices.Contains(g.claims, c) {
		g.claims = append(g.claims, c)
	}
}

func (g *game) fill(t *rapid.T) {
	c, ttl := g.claim(t), life(t)
	size := rapid.SampledFrom([]int{0, 10, 2000}).Draw(t, "size")
	e := coherent.Entry{AsOf: g.near(t, "as of"), Version: g.near(t, "version"), Body: []byte(strings.Repeat(c.Token, size))}
	if same(t, g, func(s coherent.SecondLevel) (bool, error) { return s.Fill(g.ctx, c, e, ttl) }) {
		g.seen["filled"]++
	} else {
		g.seen["refused"]++
	}
}

func (g *game) release(t *rapid.T) {
	c := g.claim(t)
	same(t, g, func(s coherent.SecondLevel) (bool, error) { return true, s.Release(g.ctx, c) })
}

func (g *game) apply(t *rapid.T) {
	at := g.head(t)
	if rapid.Bool().Draw(t, "next") {
		at.Seq = g.at.Seq + 1
	}
	ev := commitlog.Event{
		Epoch: at.Epoch, Seq: at.Seq, Lists: rapid.Bool().Draw(t, "lists"),
		IDs: rapid.SliceOfN(rapid.SampledFrom([]string{"x", "y", "z"}), 0, 2).Draw(t, "ids"),
	}
	reached := same(t, g, func(s coherent.SecondLevel) (int64, error) { return s.Apply(g.ctx, ev) })
	if reached != coherent.Lost {
		g.at.Seq = reached
	}
	if reached == ev.Seq {
		g.seen["applied"]++
	} else {
		g.seen["not applied"]++
	}
}

func (g *game) begin(t *rapid.T) {
	g.at = g.head(t)
	same(t, g, func(s coherent.SecondLevel) (bool, error) { return s.Begin(g.ctx, g.at) })
}

func (g *game) reset(t *rapid.T) {
	g.at = g.head(t)
	same(t, g, func(s coherent.SecondLevel) (bool, error) { return s.Reset(g.ctx, g.at) })
}

// pass lets time go by, of which a real Redis has another idea.
func (g *game) pass(t *rapid.T) {
	g.now = g.now.Add(onePass)
	for _, s := range g.servers {
		require.NoError(t, s.pass(g.ctx, onePass))
	}
}

// save remembers everything, as the last dump of a Redis does.
func (g *game) save(t *rapid.T) {
	one := save{memory: g.memory.Snapshot()}
	for _, s := range g.servers {
		d, err := s.dump(g.ctx, g.now)
		require.NoError(t, err)
		one.servers = append(one.servers, d)
	}
	g.saved = append(g.saved, one)
}

// restore goes back to something remembered, or to nothing.
func (g *game) restore(t *rapid.T) {
	one := rapid.SampledFrom(g.saved).Draw(t, "saved")
	one.memory()
	for i, s := range g.servers {
		require.NoError(t, s.restore(g.ctx, one.servers[i], g.now))
	}
}

// lose evicts the watermark alone.
func (g *game) lose(t *rapid.T) {
	g.memory.LoseWatermark()
	for _, s := range g.servers {
		require.NoError(t, s.redis.Del(g.ctx, "{test:v1}:w").Err())
	}
}
