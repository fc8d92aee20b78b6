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
	if problem := c.begun(r, r.Stale.AsOf); problem != "" {
		c.violated(r, "%s", problem)
	}
}

// begun says what is wrong if commit seq cannot have been known when r was
// answered.
func (c *checker) begun(r *Read, seq int64) (problem string) {
	switch at, ok := c.o.begun[seq]; {
	case seq == 0:
		return ""
	case !ok:
		return fmt.Sprintf("there is no commit %d", seq)
	case at > r.End:
		return fmt.Sprintf("commit %d began %v later", seq, at-r.End)
	}
	return ""
}

// detail judges an answer about one product. It was what was answered once, or
// several times if it was not there or the database was brought back.
func (c *checker) detail(r *Read) {
	problem := "there never was such a version"
	if len(c.o.spans[r.Product]) == 0 && r.Version == 0 {
		return // whoever asks for what never was is told so
	}
	if w, ok := c.o.acked[r.Version]; ok && r.Version != 0 && r.Stock >= 0 && w.Stock != r.Stock {
		c.violated(r, "version %d has stock %d", r.Version, w.Stock)
	}
	for _, n := range c.o.index[content{r.Product, r.Version}] {
		from, until := c.o.spans[r.Product][n].from, c.o.until(r.Product, n)
		if problem = c.judge(r, from, until); problem == "" {
			c.outdated(r, until)
			return
		}
	}
	c.violated(r, "%s", problem)
}

// judge says what is wrong with an answer that was right from commit from until
// commit until.
func (c *checker) judge(r *Read, from, until int64) (problem string) {
	if least := c.o.least(r); until <= least {
		return fmt.Sprintf("replaced by %d, and must include %d", until, least)
	}
	if r.Stale != nil && (r.Stale.AsOf < from || r.Stale.AsOf >= until) {
		return fmt.Sprintf("right from %d to before %d, not as of %d", from, until, r.Stale.AsOf)
	}
	return c.begun(r, from)
}

// outdated takes note of an answer that was replaced before it was asked for.
func (c *checker) outdated(r *Read, until int64) {
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
