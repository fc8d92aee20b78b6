package history

import (
	"cmp"
	"math"
	"slices"
	"time"
)

const never = time.Duration(math.MaxInt64)

// order is the order of all writes, and when they were begun and acknowledged.
type order struct {
	head     int64
	versions map[string][]int64 // of each product
	lists    map[string][]int64 // the commits that changed each category; "" is all
	deleted  map[string]int64   // the commit that took the product away
	begun    map[int64]time.Duration
	acked    map[int64]Write
	all      acks
	own      map[int]acks // of each replica
}

// acks answer which commit was the last one acknowledged at a moment.
type acks []ack

type ack struct {
	at  time.Duration
	seq int64 // the highest up to then
}

func newOrder(h *History) *order {
	o := &order{
		versions: map[string][]int64{}, lists: map[string][]int64{}, deleted: map[string]int64{},
		begun: map[int64]time.Duration{}, acked: map[int64]Write{}, own: map[int]acks{},
	}
	category := map[string]string{}
	for _, p := range h.Products {
		category[p.ID] = p.Category
		if p.Deleted {
			o.deleted[p.ID] = p.Version
		}
	}
	doubtful := map[string]time.Duration{} // when a write to the product that is not acknowledged first began
	for _, w := range h.Writes {
		if w.Seq == 0 {
			if at, ok := doubtful[w.Product]; !ok || w.Begin < at {
				doubtful[w.Product] = w.Begin
			}
			continue
		}
		o.acked[w.Seq], o.begun[w.Seq] = w, w.Begin
		o.all = append(o.all, ack{w.End, w.Seq})
		o.own[w.Replica] = append(o.own[w.Replica], ack{w.End, w.Seq})
	}
	o.all.sort()
	for _, own := range o.own {
		own.sort()
	}
	for _, c := range h.Log {
		o.head = max(o.head, c.Seq)
		for _, id := range c.Products {
			if _, ok := o.begun[c.Seq]; !ok {
				o.begun[c.Seq] = firstTry(doubtful, id, len(o.versions[id]) == 0)
			}
			o.versions[id] = append(o.versions[id], c.Seq)
			o.lists[category[id]] = append(o.lists[category[id]], c.Seq)
			if category[id] != "" {
				o.lists[""] = append(o.lists[""], c.Seq)
			}
		}
	}
	return o
}

// firstTry returns when a commit that was never acknowledged can have begun at
// the earliest. Who makes a product does not know its id before the answer.
func firstTry(doubtful map[string]time.Duration, product string, created bool) time.Duration {
	if created {
		product = ""
	}
	if at, ok := doubtful[product]; ok {
		return at
	}
	return never
}

func (a acks) sort() {
	slices.SortFunc(a, func(x, y ack) int { return cmp.Compare(x.at, y.at) })
	for i := 1; i < len(a); i++ {
		a[i].seq = max(a[i].seq, a[i-1].seq)
	}
}

// before returns the last commit acknowledged before at.
func (a acks) before(at time.Duration) int64 {
	n, _ := slices.BinarySearchFunc(a, at, func(x ack, at time.Duration) int { return cmp.Compare(x.at, at) })
	if n == 0 {
		return 0
	}
	return a[n-1].seq
}

// least returns the commit that an answer must include: what was acknowledged
// long enough before the question or by the same replica, and what was presented.
func (o *order) least(r *Read) int64 {
	if r.Stale != nil {
		return max(r.Token, o.all.before(r.Begin-r.Stale.Age))
	}
	return max(r.Token, o.all.before(r.Begin-Bound), o.own[r.Replica].before(r.Begin))
}

// next returns the first of commits after seq, or a number beyond all.
func next(commits []int64, seq int64) int64 {
	n, found := slices.BinarySearch(commits, seq)
	if found {
		n++
	}
	if n == len(commits) {
		return math.MaxInt64
	}
	return commits[n]
}

// last returns the last of commits up to seq, or 0.
func last(commits []int64, seq int64) int64 {
	n, found := slices.BinarySearch(commits, seq)
	if found {
		return seq
	}
	if n == 0 {
		return 0
	}
	return commits[n-1]
}
