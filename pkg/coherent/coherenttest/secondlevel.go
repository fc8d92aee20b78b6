// Package coherenttest is the contract of the second level.
package coherenttest

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
	"stockroom/pkg/commitlog"
)

// Open returns a store that has never been used, and a function that lets time
// pass for it; on real time that does nothing, and the contract waits.
type Open func(t *testing.T) (store coherent.SecondLevel, pass func(time.Duration))

// TestSecondLevel checks that stores do what [coherent.SecondLevel] says.
func TestSecondLevel(t *testing.T, open Open) {
	t.Helper()
	for name, check := range checks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, pass := open(t)
			check(&level{t: t, store: store, pass: pass})
		})
	}
}

func checks() map[string]func(*level) {
	all := map[string]func(*level){}
	for _, part := range []map[string]func(*level){valueChecks, claimChecks, eventChecks, resetChecks, peekChecks} {
		for name, check := range part {
			all[name] = check
		}
	}
	return all
}

const (
	lease = time.Minute
	ttl   = time.Hour
)

var (
	item  = coherent.Item("x")
	other = coherent.Item("y")
	list  = coherent.List("x")
)

// level is a store with the words that the contract is written in.
type level struct {
	t     *testing.T
	store coherent.SecondLevel
	pass  func(time.Duration)
}

func claimOf(key coherent.Key) coherent.Claim {
	return coherent.Claim{Key: key, Epoch: 1, Token: rand.Text()}
}

func (l *level) ctx() context.Context { return l.t.Context() }

func (l *level) begin(epoch, seq int64) (forgot bool) {
	l.t.Helper()
	forgot, err := l.store.Begin(l.ctx(), commitlog.Head{Epoch: epoch, Seq: seq})
	require.NoError(l.t, err)
	return forgot
}

func (l *level) reset(epoch, seq int64) (forgot bool) {
	l.t.Helper()
	forgot, err := l.store.Reset(l.ctx(), commitlog.Head{Epoch: epoch, Seq: seq})
	require.NoError(l.t, err)
	return forgot
}

func (l *level) get(c coherent.Claim, need int64) coherent.Found {
	l.t.Helper()
	found, err := l.store.Get(l.ctx(), c, need, lease)
	require.NoError(l.t, err)
	return found
}

// state returns what a newcomer finds at key, and leaves no claim behind.
func (l *level) state(key coherent.Key, need int64) coherent.State {
	l.t.Helper()
	return l.stateIn(1, key, need)
}

func (l *level) stateIn(epoch int64, key coherent.Key, need int64) coherent.State {
	l.t.Helper()
	c := claimOf(key)
	c.Epoch = epoch
	state := l.get(c, need).State
	require.NoError(l.t, l.store.Release(l.ctx(), c))
	return state
}

func (l *level) claim(key coherent.Key, need int64) coherent.Claim {
	l.t.Helper()
	c := claimOf(key)
	require.Equal(l.t, coherent.Claimed, l.get(c, need).State)
	return c
}

func (l *level) fill(c coherent.Claim, asOf int64) bool {
	l.t.Helper()
	kept, err := l.store.Fill(l.ctx(), c, entry(asOf), ttl)
	require.NoError(l.t, err)
	return kept
}

// keep puts a value of asOf at key.
func (l *level) keep(key coherent.Key, need, asOf int64) {
	l.t.Helper()
	require.True(l.t, l.fill(l.claim(key, need), asOf))
	require.Equal(l.t, coherent.Hit, l.state(key, need))
}

// apply applies event seq and returns the watermark.
func (l *level) apply(seq int64, lists bool, ids ...string) int64 {
	l.t.Helper()
	at, err := l.store.Apply(l.ctx(), commitlog.Event{Epoch: 1, Seq: seq, Lists: lists, IDs: ids})
	require.NoError(l.t, err)
	return at
}

func entry(asOf int64) coherent.Entry {
	return coherent.Entry{AsOf: asOf, Version: asOf - 1, Body: []byte(`{"name":"x"}`)}
}
