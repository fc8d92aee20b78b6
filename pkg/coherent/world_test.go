package coherent_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
	"stockroom/pkg/commitlog"
)

// clock stands still: what a second level holds ends by events alone.
func clock() time.Time { return time.Time{} }

// place is a position in the log that a test moves by hand.
type place struct {
	mu      sync.Mutex
	applied commitlog.Head
	moved   chan struct{}

	stale atomic.Bool
	own   atomic.Int64
	lapse atomic.Int64 // Fresh ends after so many answers, if positive
	age   atomic.Int64
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
	if p.lapse.Load() > 0 && p.lapse.Add(-1) == 0 {
		defer p.stale.Store(true)
	}
	return !p.stale.Load()
}

func (p *place) Age() time.Duration { return time.Duration(p.age.Load()) }

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

// commitQuietly commits a change that no list shows.
func (d *table) commitQuietly(ids ...string) commitlog.Event {
	d.commit(ids...)
	d.mu.Lock()
	defer d.mu.Unlock()
	last := &d.log[len(d.log)-1]
	last.Lists = false
	return *last
}

func (d *table) head() commitlog.Head {
	d.mu.Lock()
	defer d.mu.Unlock()
	return commitlog.Head{Epoch: 1, Seq: int64(len(d.log))}
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

// gate is a load that goes on when it is told to.
type gate struct {
	load    coherent.Load
	started chan struct{}
	open    chan struct{}
}

// slow returns a load that reads key when it starts and returns when it is let.
func (d *table) slow(key coherent.Key) gate {
	g := gate{started: make(chan struct{}), open: make(chan struct{})}
	g.load = func(context.Context) (coherent.Entry, error) {
		e := d.entry(key)
		close(g.started)
		<-g.open
		return e, nil
	}
	return g
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
	return replica(t, new(table), store)
}

// replica returns one more cache over db, which begins at its head.
func replica(t *testing.T, db *table, store coherent.SecondLevel) *world {
	t.Helper()
	w := &world{t: t, db: db, place: newPlace(db.head())}
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
	a, err := w.cache.Get(w.t.Context(), key, least, w.db.load(key))
	require.NoError(w.t, err)
	require.Nil(w.t, a.Stale)
	return text(a), a.Origin
}

// text returns the body of an answer, or "absent".
func text(a coherent.Answer) string {
	if a.Absent {
		return "absent"
	}
	return string(a.Body)
}

// begin starts a read in the background and returns what it will have found.
func (w *world) begin(key coherent.Key, load coherent.Load) <-chan string {
	found := make(chan string, 1)
	go func() {
		a, err := w.cache.Get(context.Background(), key, 0, load)
		if err != nil {
			found <- err.Error()
			return
		}
		found <- string(a.Body)
	}()
	return found
}
