package model_test

import (
	"slices"

	"stockroom/pkg/coherent"
	"stockroom/pkg/commitlog"
)

const (
	items    = 4
	theList  = items // the value of every list
	keyCount = items + 1
	farAway  = 1000 // more commits than there are in a world
)

// moment is a state that the database was in. A value is the number of the
// moment that it was written at.
type moment struct {
	head   commitlog.Head
	at     int
	values [keyCount]int
	gone   [items]bool
	log    []commitlog.Event // as of then
}

// database is the truth. It remembers all its states, to tell whether an answer
// was right, and when.
type database struct {
	w       *world
	moments []moment
	log     []commitlog.Event
	epochs  int64 // the last one that there was
	beyond  int64 // no number was ever larger

	// unnoticed is set from when the database has been replaced by an older
	// state of itself in silence until somebody has noticed.
	unnoticed bool
}

func newDatabase(w *world) *database {
	d := &database{w: w, epochs: 1}
	d.moments = []moment{{head: commitlog.Head{Epoch: 1}}}
	return d
}

func (d *database) now() *moment { return &d.moments[len(d.moments)-1] }

func (d *database) latest() int { return len(d.moments) - 1 }

func (d *database) head() commitlog.Head { return d.now().head }

// before returns the last moment that began at tick or earlier.
func (d *database) before(tick int) int {
	n := d.latest()
	for n > 0 && d.moments[n].at > tick {
		n--
	}
	return n
}

// become makes next the present state.
func (d *database) become(next moment) {
	next.at, next.log = d.w.now, d.log
	d.moments = append(d.moments, next)
}

// commit writes some items, or takes them away, and the lists with them.
func (d *database) commit(ids []string, lists, gone bool) (commitlog.Event, int) {
	next, n := *d.now(), len(d.moments)
	next.head.Seq++
	for _, id := range ids {
		next.values[indexOf(id)], next.gone[indexOf(id)] = n, gone
	}
	if lists {
		next.values[theList] = n
	}
	ev := commitlog.Event{Epoch: next.head.Epoch, Seq: next.head.Seq, IDs: ids, Lists: lists}
	d.log = append(d.log, ev)
	d.become(next)
	return ev, n
}

// entry returns value n as of moment m.
func (d *database) entry(n, m int) coherent.Entry {
	then := &d.moments[m]
	return coherent.Entry{AsOf: then.head.Seq, Version: int64(then.values[n]), Absent: n != theList && then.gone[n]}
}

// held says whether value n was version at any moment from low to now.
func (d *database) held(n int, version int64, low int) bool {
	return slices.ContainsFunc(d.moments[low:], func(m moment) bool { return int64(m.values[n]) == version })
}

// since is [commitlog.Source.Since]: rows carry no epoch of their own.
func (d *database) since(after int64, limit int) []commitlog.Event {
	var found []commitlog.Event
	for _, ev := range d.log {
		if ev.Seq > after && len(found) < limit {
			ev.Epoch = d.head().Epoch
			found = append(found, ev)
		}
	}
	return found
}

// trim forgets the first rows of the log.
func (d *database) trim(rows int) { d.log = d.log[min(rows, len(d.log)):] }

// restore brings back moment n. If that is announced the epoch of the dump is
// raised, and numbers go on far beyond all that were ever given: the epoch may
// be one that there was already. In silence only those can notice who have seen
// more.
func (d *database) restore(n int, announced bool) {
	next := d.moments[n]
	switch {
	case announced:
		d.beyond += farAway
		next.head = commitlog.Head{Epoch: next.head.Epoch + 1, Seq: d.beyond}
	case d.behindEverybody(next.head):
		d.unnoticed = true
	default:
		return
	}
	d.w.note("database", "goes back to moment", -1, int64(n))
	d.epochs = max(d.epochs, next.head.Epoch)
	d.log = slices.Clip(next.log)
	d.become(next)
}

// restoreCold brings back moment n in silence, while no process runs and no call
// is under way any more. Then the number that a second level, or a value in it,
// is ahead by is all that tells.
func (d *database) restoreCold(n int) {
	next := d.moments[n]
	if !d.behindRedises(next.head, func(*redis) bool { return true }) {
		return
	}
	d.w.note("everything", "stops, and the database goes back to moment", -1, int64(n))
	d.w.late, d.log = nil, slices.Clip(next.log)
	d.become(next)
	for _, r := range d.w.redises {
		r.saved, r.unasked = nil, true
	}
	for _, m := range d.w.members {
		m.start()
	}
}

// behindRedises says whether each second level of some is ahead of h, or will
// forget everything anyway.
func (d *database) behindRedises(h commitlog.Head, some func(*redis) bool) bool {
	return !slices.ContainsFunc(d.w.redises, func(r *redis) bool {
		return some(r) && r.head.Epoch == h.Epoch && max(r.head.Seq, r.ahead) <= h.Seq
	})
}

// writable says whether there may be a commit: not, while nobody has noticed a
// restore in silence, if it could no longer be noticed afterwards.
func (d *database) writable() bool {
	next := d.head()
	next.Seq++
	return (!d.unnoticed || d.behindEverybody(next)) && d.behindRedises(next, func(r *redis) bool { return r.unasked })
}

// behindEverybody says whether every process has seen a later commit than h, of
// the last epoch that there was.
func (d *database) behindEverybody(h commitlog.Head) bool {
	return !slices.ContainsFunc(d.w.members, func(m *member) bool {
		seen := m.process.seen()
		return m.process.reset != nil || seen.Epoch != d.epochs || !h.Before(seen)
	})
}

// raise is [commitlog.Raiser.Raise].
func (d *database) raise(found, seen commitlog.Head) {
	next := *d.now()
	if next.head.Epoch != found.Epoch {
		return
	}
	next.head = commitlog.Head{Epoch: max(found.Epoch, seen.Epoch) + 1, Seq: max(next.head.Seq, seen.Seq)}
	d.epochs, d.unnoticed = max(d.epochs, next.head.Epoch), false
	d.become(next)
	d.w.note("database", "begins an epoch", -1, next.head.Epoch, next.head.Seq)
}
