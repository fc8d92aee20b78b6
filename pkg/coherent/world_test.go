package coherent_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
	"stockroom/pkg/commitlog"
)

// place is a position in the log that a test moves by hand.
type place struct {
	mu      sync.Mutex
	applied commitlog.Head
	moved   chan struct{}

	stale atomic.Bool
	own   atomic.Int64
	asked func() // called by Fresh, if not nil
}

func newPlace(head commitlog.Head) *place {
	return &place{applied: head, moved: make(chan struct{})}
}

func (p *place) set(head commitlog.Head) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.applied = head
	close(p.moved)
	p.moved = make(chan struct{})
}

func (p *place) Applied() commitlog.Head {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.applied
}

func (p *place) Fresh() bool {
	if p.asked != nil {
		p.asked()
	}
	return !p.stale.Load()
}

func (p *place) OwnSeq() int64 { return p.own.Load() }

func (p *place) Wait(ctx context.Context, seq int64) bool {
	for {
		p.mu.Lock()
		applied, moved := p.applied, p.moved
		p.mu.Unlock()
		if applied.Seq >= seq {
			return true
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return false
		}
	}
}

// table is a database of items whose value is the commit that last touched them.
type table struct {
	mu  sync.Mutex
	log []commitlog.Event
}

func (d *table) commit(ids ...string) commitlog.Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	ev := commitlog.Event{Epoch: 1, Seq: int64(len(d.log)) + 1, IDs: ids, Lists: true}
	d.log = append(d.log, ev)
	return ev
}

func (d *table) load(key coherent.Key) coherent.Load {
	return func(context.Context) (coherent.Entry, error) { return d.entry(key), nil }
}

func (d *table) entry(key coherent.Key) coherent.Entry {
	d.mu.Lock()
	defer d.mu.Unlock()
	head := int64(len(d.log))
	version := d.version(key, head)
	if version == 0 {
		return coherent.Entry{AsOf: head, Absent: true}
	}
	return coherent.Entry{AsOf: head, Version: version, Body: body(key, version)}
}

// version returns the last commit up to seq that touched key.
func (d *table) version(key coherent.Key, seq int64) int64 {
	for s := seq; s > 0; s-- {
		ev := d.log[s-1]
		if key.IsList() && ev.Lists || slices.ContainsFunc(ev.IDs, func(id string) bool { return coherent.Item(id) == key }) {
			return s
		}
	}
	return 0
}

func body(key coherent.Key, version int64) []byte {
	if key.IsList() {
		return fmt.Appendf(nil, "list@%d", version)
	}
	return fmt.Appendf(nil, "%s@%d", key.String()[2:], version)
}

// world is a cache that follows a table, step by step.
type world struct {
	t     *testing.T
	db    *table
	place *place
	cache *coherent.Cache
}

func newWorld(t *testing.T, store coherent.SecondLevel) *world {
	t.Helper()
	w := &world{t: t, db: new(table), place: newPlace(commitlog.Head{Epoch: 1})}
	w.cache = coherent.New(coherent.Config{Name: "test", Store: store})
	t.Cleanup(w.cache.Close)
	w.cache.Follow(w.place)
	require.NoError(t, w.cache.Reset(t.Context(), w.place.Applied()))
	return w
}

// write commits a write of ids and applies it.
func (w *world) write(ids ...string) commitlog.Event {
	w.t.Helper()
	ev := w.db.commit(ids...)
	w.apply(ev)
	return ev
}

func (w *world) apply(ev commitlog.Event) {
	w.t.Helper()
	require.NoError(w.t, w.cache.Apply(w.t.Context(), ev))
	w.place.set(commitlog.Head{Epoch: ev.Epoch, Seq: ev.Seq})
}

// read returns the body of key, or "absent".
func (w *world) read(key coherent.Key) string {
	w.t.Helper()
	text, _ := w.readFrom(key, 0)
	return text
}

func (w *world) readFrom(key coherent.Key, least int64) (string, coherent.Origin) {
	w.t.Helper()
	e, origin, err := w.cache.Get(w.t.Context(), key, least, w.db.load(key))
	require.NoError(w.t, err)
	if e.Absent {
		return "absent", origin
	}
	return string(e.Body), origin
}
