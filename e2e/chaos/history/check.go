package history

import (
	"fmt"
	"time"
)

// Violation is an answer, or a write, that breaks a promise.
type Violation struct {
	At   time.Duration
	Text string
}

// Check returns every broken promise, and figures that no promise is about.
func (h *History) Check() ([]Violation, Figures) {
	o := newOrder(h)
	c := &checker{h: h, o: o}
	c.writes()
	var lists []*Read
	for i := range h.Reads {
		r := &h.Reads[i]
		c.label(r)
		if r.Product == "" {
			lists = append(lists, r)
		} else {
			c.detail(r)
		}
	}
	c.lists(lists)
	return c.broken, c.figures()
}

type checker struct {
	h      *History
	o      *order
	broken []Violation
	late   []time.Duration // how long before the question each outdated answer was outdated
}

func (c *checker) violated(r *Read, format string, args ...any) {
	c.broken = append(c.broken, Violation{r.Begin, r.String() + ": " + fmt.Sprintf(format, args...)})
}

// label judges what a stale answer says of itself.
func (c *checker) label(r *Read) {
	if r.Stale == nil {
		return
	}
	if r.Stale.Age > StaleFor {
		c.violated(r, "too old to be given")
	}
	if r.Stale.AsOf < r.Token {
		c.violated(r, "as of %d, before what was presented", r.Stale.AsOf)
	}
	c.begun(r, r.Stale.AsOf)
}

// begun judges whether commit seq can have been known when r was answered.
func (c *checker) begun(r *Read, seq int64) {
	switch at, ok := c.o.begun[seq]; {
	case seq == 0:
	case !ok:
		c.violated(r, "there is no commit %d", seq)
	case at > r.End:
		c.violated(r, "commit %d began %v later", seq, at-r.End)
	}
}

// detail judges an answer about one product.
func (c *checker) detail(r *Read) {
	versions, seen, until := c.o.versions[r.Product], r.Version, int64(0)
	gone := c.o.deleted[r.Product]
	switch {
	case seen != 0:
		if last(versions, seen) != seen || seen == gone {
			c.violated(r, "there never was such a version")
			return
		}
		if w, ok := c.o.acked[seen]; ok && r.Stock >= 0 && w.Stock != r.Stock {
			c.violated(r, "version %d has stock %d", seen, w.Stock)
		}
		until = next(versions, seen)
	case gone != 0 && c.o.begun[gone] < r.End:
		seen, until = gone, next(versions, gone)
	default:
		until = next(versions, 0)
	}
	c.begun(r, seen)
	c.fresh(r, seen, until)
}

// fresh judges an answer that was right from commit seen until commit until.
func (c *checker) fresh(r *Read, seen, until int64) {
	if least := c.o.least(r); until <= least {
		c.violated(r, "replaced by %d, and must include %d", until, least)
	}
	if r.Stale != nil && (r.Stale.AsOf < seen || r.Stale.AsOf >= until) {
		c.violated(r, "right from %d to before %d, not as of %d", seen, until, r.Stale.AsOf)
	}
	if w, ok := c.o.acked[until]; ok && r.Stale == nil && w.End < r.Begin {
		c.late = append(c.late, r.Begin-w.End)
	}
}

// String says what was asked and answered.
func (r *Read) String() string {
	what := "product " + r.Product
	if r.Product == "" {
		what = fmt.Sprintf("list %+v", r.List)
	}
	text := fmt.Sprintf("%v to %v, replica %d, %s from %s, token %d: version %d", r.Begin, r.End, r.Replica, what, r.Origin, r.Token, r.Version)
	if r.Stale != nil {
		text += fmt.Sprintf(", stale for %v as of %d", r.Stale.Age, r.Stale.AsOf)
	}
	return text
}
