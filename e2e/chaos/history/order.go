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
	head  int64
	steps []Commit           // with all products that each changed
	backs []Commit           // those that undo others
	spans map[string][]span  // of each product
	index map[content][]int  // the spans of each product with each version
	lists map[string][]int64 // the commits that changed each category; "" is all
	begun map[int64]time.Duration
	acked map[int64]Write
	all   acks
	own   map[int]acks // of each replica
}

// span is what a product was from a commit on: a version, or 0 if there was no
// such product. It ends where the next one begins.
type span struct{ from, version int64 }

type content struct {
	product string
	version int64
}

func newOrder(h *History) *order {
	o := &order{
		spans: map[string][]span{}, index: map[content][]int{}, lists: map[string][]int64{},
		begun: map[int64]time.Duration{}, acked: map[int64]Write{}, own: map[int]acks{},
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
	category := map[string]string{}
	for _, p := range h.Products {
		category[p.ID] = p.Category
	}
	for _, c := range h.Log {
		o.add(c, category, doubtful)
	}
	return o
}

// add adds the next commit.
func (o *order) add(c Commit, category map[string]string, doubtful map[string]time.Duration) {
	if c.Back != 0 {
		c.Products = o.changedAfter(c.Back)
		o.backs = append(o.backs, c)
	}
	o.head = max(o.head, c.Seq)
	o.steps = append(o.steps, c)
	for _, id := range c.Products {
		if _, ok := o.begun[c.Seq]; !ok {
			o.begun[c.Seq] = firstTry(doubtful, id, len(o.spans[id]) == 0)
		}
		version := c.Seq
		switch {
		case c.Deleted:
			version = 0
		case c.Back != 0:
			version = o.version(id, c.Back)
		}
		if len(o.spans[id]) == 0 {
			o.put(id, span{})
		}
		o.put(id, span{c.Seq, version})
		for _, list := range []string{category[id], ""} {
			if last(o.lists[list], c.Seq) != c.Seq {
				o.lists[list] = append(o.lists[list], c.Seq)
			}
		}
	}
}

func (o *order) put(product string, s span) {
	at := content{product, s.version}
	o.index[at] = append(o.index[at], len(o.spans[product]))
	o.spans[product] = append(o.spans[product], s)
}

func (o *order) changedAfter(seq int64) (products []string) {
	for id, spans := range o.spans {
		if spans[len(spans)-1].from > seq {
			products = append(products, id)
		}
	}
	return products
}

// version returns the version that a product had as of a commit.
func (o *order) version(product string, seq int64) int64 {
	spans := o.spans[product]
	n, found := slices.BinarySearchFunc(spans, seq, func(s span, seq int64) int { return cmp.Compare(s.from, seq) })
	switch {
	case found:
		return spans[n].version
	case n == 0:
		return 0
	}
	return spans[n-1].version
}

// changed reports whether a commit changed a product.
func (o *order) changed(product string, seq int64) bool {
	_, found := slices.BinarySearchFunc(o.spans[product], seq, func(s span, seq int64) int { return cmp.Compare(s.from, seq) })
	return found
}

// until returns the commit that ended a span, or a number beyond all.
func (o *order) until(product string, n int) int64 {
	if n+1 < len(o.spans[product]) {
		return o.spans[product][n+1].from
	}
	return math.MaxInt64
}

// undone reports whether the database was brought back to before a commit.
func (o *order) undone(seq int64) bool {
	return slices.ContainsFunc(o.backs, func(c Commit) bool { return c.Back < seq && seq < c.Seq })
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
