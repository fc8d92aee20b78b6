package coherent

import (
	"hash/maphash"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"stockroom/pkg/commitlog"
)

const (
	// firstLevelTTL is no shorter than that of the second level, so that what was
	// read in the last minutes can be served while the database is away.
	firstLevelTTL = secondLevelTTL
	absentTTL     = 30 * time.Second
	absentCount   = 10_000

	// entryOverhead is about what an entry weighs besides its key and body.
	entryOverhead = 256
)

// firstLevel is the cache in this process. Absent items have a place of their
// own, so that made-up ids push no value out.
type firstLevel struct {
	items, lists, absent *shelf

	seed maphash.Seed
	era  atomic.Pointer[era]
}

type shelf = otter.Cache[string, *kept]

// kept is an Entry with the era in which its read began, and a moment at which
// or after which it was right.
type kept struct {
	Entry
	era *era
	at  time.Time
}

func newFirstLevel(itemBytes, listBytes uint64) *firstLevel {
	l := &firstLevel{
		items:  newShelf(itemBytes),
		lists:  newShelf(listBytes),
		absent: otter.Must(&otter.Options[string, *kept]{MaximumSize: absentCount, ExpiryCalculator: expiry(absentTTL)}),
		seed:   maphash.MakeSeed(),
	}
	l.era.Store(newEra(commitlog.Head{}))
	return l
}

func newShelf(bytes uint64) *shelf {
	return otter.Must(&otter.Options[string, *kept]{
		MaximumWeight: bytes,
		Weigher: func(text string, k *kept) uint32 {
			return uint32(len(text) + len(k.Body) + entryOverhead)
		},
		ExpiryCalculator: expiry(firstLevelTTL),
	})
}

// expiry spreads the ends of entries that began together.
func expiry(ttl time.Duration) otter.ExpiryCalculator[string, *kept] {
	return otter.ExpiryWritingFunc(func(otter.Entry[string, *kept]) time.Duration {
		return jitter(ttl)
	})
}

// jitter returns d ± 10 %.
func jitter(d time.Duration) time.Duration {
	return d - d/10 + rand.N(d/5)
}

// get returns the entry of key that no event of epoch applied so far has made
// invalid.
func (l *firstLevel) get(key Key, epoch int64) (Entry, bool) {
	if k, valid := l.last(key, epoch); valid {
		return k.Entry, true
	}
	return Entry{}, false
}

// last returns what there is for key, or nil, and whether no event of epoch
// applied so far has made it invalid.
func (l *firstLevel) last(key Key, epoch int64) (k *kept, valid bool) {
	now := l.era.Load()
	if now.epoch != epoch {
		return nil, false
	}
	if key.IsList() {
		// Lists are not dropped one by one: they are compared when they are read.
		if k, ok := l.lists.GetIfPresent(key.text); ok && k.era == now {
			return k, k.AsOf >= now.listGen.Load()
		}
		return nil, false
	}
	if k, ok := l.items.GetIfPresent(key.text); ok && k.era == now {
		return k, true
	}
	if k, ok := l.absent.GetIfPresent(key.text); ok && k.era == now {
		return k, true
	}
	return nil, false
}

// peek returns what there is for key as of a commit that has been applied, and
// leaves no trace: not even the eviction hears of it.
func (l *firstLevel) peek(key Key, at commitlog.Head) Found {
	now := l.era.Load()
	if now.epoch != at.Epoch {
		return Found{State: Behind, Watermark: Lost}
	}
	shelves := []*shelf{l.items, l.absent}
	if key.IsList() {
		shelves = []*shelf{l.lists}
	}
	for _, s := range shelves {
		k, ok := s.GetEntryQuietly(key.text)
		if ok && k.Value.era == now && (!key.IsList() || k.Value.AsOf >= now.listGen.Load()) {
			return Found{State: Hit, Entry: k.Value.Entry, Watermark: at.Seq}
		}
	}
	return Found{State: Missing, Watermark: at.Seq}
}

// put keeps an entry whose read began in the era began and that was right at or
// after the moment at, unless something is known that the read may have missed.
// It says whether the entry may be kept.
func (l *firstLevel) put(key Key, e Entry, began *era, at time.Time) bool {
	into, other := l.items, l.absent
	switch {
	case key.IsList():
		into, other = l.lists, nil
	case e.Absent:
		into, other = l.absent, l.items
	}
	stripe, admitted := l.stripe(key.text), false
	into.Compute(key.text, func(old *kept, found bool) (*kept, otter.ComputeOp) {
		// Here no event can drop this key: one that comes now finds the entry
		// when it is kept, one that came before has raised the guard already.
		admitted = l.era.Load() == began && began.admits(key, stripe, e.AsOf)
		if !admitted || (found && old.era == began && old.AsOf >= e.AsOf) {
			return old, otter.CancelOp
		}
		return &kept{Entry: e, era: began, at: at}, otter.WriteOp
	})
	if admitted && other != nil {
		drop(other, key.text, e.AsOf)
	}
	return admitted
}

// forget drops everything that ev makes invalid, and refuses what a read that
// may have missed ev still brings.
func (l *firstLevel) forget(ev commitlog.Event) {
	now := l.era.Load()
	if now.epoch != ev.Epoch {
		return
	}
	for _, id := range ev.IDs {
		// The guard is raised first: a put is then refused, or done before the drop.
		raise(&now.stripes[l.stripe(id)], ev.Seq)
		drop(l.items, id, ev.Seq)
		drop(l.absent, id, ev.Seq)
	}
	if ev.Lists {
		raise(&now.listGen, ev.Seq)
	}
}

// reset forgets everything, and returns the era that begins at head.
func (l *firstLevel) reset(head commitlog.Head) *era {
	now := newEra(head)
	l.era.Store(now)
	// The entries of the era before are unreadable already; this frees their memory.
	l.items.InvalidateAll()
	l.lists.InvalidateAll()
	l.absent.InvalidateAll()
	return now
}

func (l *firstLevel) close() {
	l.items.StopAllGoroutines()
	l.lists.StopAllGoroutines()
	l.absent.StopAllGoroutines()
}

func (l *firstLevel) stripe(id string) uint64 {
	return maphash.String(l.seed, id) % stripeCount
}

// drop removes the entry of text if it was read before seq. It must take the
// lock of the key even if nothing is there, to wait for a put under way.
func drop(from *shelf, text string, seq int64) {
	from.Compute(text, func(old *kept, found bool) (*kept, otter.ComputeOp) {
		if found && old.AsOf < seq {
			return nil, otter.InvalidateOp
		}
		return old, otter.CancelOp
	})
}
