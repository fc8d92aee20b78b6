package audit_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
	"stockroom/pkg/coherent/audit"
	"stockroom/pkg/coherent/memoryl2"
	"stockroom/pkg/commitlog"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/testkit"
)

// table is a database of items whose value is the commit that last touched them.
// It is the log as well.
type table struct {
	mu    sync.Mutex
	epoch int64
	log   []commitlog.Event
	lies  map[string]string // values that were changed past the log
	away  bool
	meet  func() // called in the middle of a load, once
}

var errAway = errors.New("away")

func (d *table) commit(ids ...string) commitlog.Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	ev := commitlog.Event{Epoch: d.epoch, Seq: int64(len(d.log)) + 1, IDs: ids, Lists: true}
	d.log = append(d.log, ev)
	return ev
}

func (d *table) Head(context.Context) (commitlog.Head, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.away {
		return commitlog.Head{}, errAway
	}
	return commitlog.Head{Epoch: d.epoch, Seq: int64(len(d.log))}, nil
}

func (d *table) Since(_ context.Context, after int64, limit int) ([]commitlog.Event, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.away {
		return nil, errAway
	}
	return slices.Clone(d.log[min(after, int64(len(d.log))):min(len(d.log), int(after)+limit)]), nil
}

func (d *table) load(key coherent.Key) (coherent.Load, bool) {
	return func(context.Context) (coherent.Entry, error) {
		d.mu.Lock()
		meet := d.meet
		d.meet = nil
		d.mu.Unlock()
		if meet != nil {
			meet()
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.away {
			return coherent.Entry{}, errAway
		}
		e := coherent.Entry{AsOf: int64(len(d.log)), Absent: !key.IsList()}
		for _, ev := range d.log {
			if key.ChangedBy(ev) {
				e.Version, e.Absent = ev.Seq, false
			}
		}
		if !e.Absent {
			e.Body = fmt.Append(nil, key, e.Version, d.lies[key.Text()])
		}
		return e, nil
	}, true
}

// replica is a cache in this process, and a place in the log that a test moves.
type replica struct {
	name  string
	cache *coherent.Cache
	db    *table

	mu      sync.Mutex
	applied commitlog.Head
	lagging bool // it has no lease
	away    bool
}

func (r *replica) Applied() commitlog.Head {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.applied
}

func (r *replica) Fresh() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.lagging
}

// OwnSeq, Wait and Age make a [coherent.Position] of r.
func (r *replica) OwnSeq() int64                          { return 0 }
func (r *replica) Wait(_ context.Context, seq int64) bool { return r.Applied().Seq >= seq }
func (r *replica) Age() time.Duration                     { return 0 }

func (r *replica) set(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
}

func (r *replica) apply(t *testing.T, ev commitlog.Event) {
	t.Helper()
	require.NoError(t, r.cache.Apply(t.Context(), ev))
	r.set(func() { r.applied = ev.Head() })
}

func (r *replica) read(t *testing.T, key coherent.Key) {
	t.Helper()
	load, _ := r.db.load(key)
	_, err := r.cache.Get(t.Context(), key, 0, load)
	require.NoError(t, err)
}

// Name implements [audit.Replica].
func (r *replica) Name() string { return r.name }

// Peek implements [audit.Replica].
func (r *replica) Peek(ctx context.Context, key coherent.Key) (coherent.Peek, error) {
	r.mu.Lock()
	away := r.away
	r.mu.Unlock()
	if away {
		return coherent.Peek{}, errAway
	}
	return r.cache.Peek(ctx, key), nil
}

// Hits implements [audit.Replica].
func (r *replica) Hits(_ context.Context, most int) ([]coherent.Key, error) {
	return r.cache.Hits(most), nil
}

// world is two replicas that share a second level, and an auditor.
type world struct {
	t        *testing.T
	db       *table
	shared   *memoryl2.Store
	replicas []*replica
	auditor  *audit.Auditor
	shown    *telemetry.Telemetry
	log      *testkit.Log
}

// count returns what a counter shows.
func (w *world) count(name, level string) (n int) {
	w.t.Helper()
	families, err := w.shown.Registry.Gather()
	require.NoError(w.t, err)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == name && m.GetLabel()[0].GetValue() == level {
				n += int(m.GetCounter().GetValue())
			}
		}
	}
	return n
}

func (w *world) checked(level string) int { return w.count("cache_checked_total", level) }
func (w *world) wrong(level string) int   { return w.count("cache_inconsistent_total", level) }

func (w *world) logger() *slog.Logger { return slog.New(slog.NewTextHandler(w.log, nil)) }
