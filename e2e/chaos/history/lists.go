package history

import (
	"cmp"
	"slices"
	"strings"
)

// lists judges answers about lists. In the order of the commits as of which
// they are, the log is replayed beside them.
func (c *checker) lists(reads []*Read) {
	slices.SortStableFunc(reads, func(a, b *Read) int { return cmp.Compare(a.Version, b.Version) })
	shelf := newShelf(c.h, c.o)
	for _, r := range reads {
		if r.Version > c.o.head {
			c.violated(r, "the log ends at %d", c.o.head)
			continue
		}
		changes := c.o.lists[r.List.Category]
		from, until := last(changes, r.Version), next(changes, r.Version)
		if problem := c.judge(r, from, until); problem != "" {
			c.violated(r, "%s", problem)
		}
		c.outdated(r, until)
		shelf.forward(r.Version)
		if r.Page == nil {
			continue
		}
		want := shelf.page(r.List)
		if r.Page.Total != want.Total || !slices.EqualFunc(r.Page.Items, want.Items, same) {
			c.violated(r, "is %v, but was %v", *r.Page, want)
		}
	}
}

// same reports whether a product is as it was. Nobody knows what a write was
// about that was never acknowledged.
func same(got, want Item) bool {
	return got.Product == want.Product && got.Version == want.Version && (want.Stock < 0 || got.Stock == want.Stock)
}

// shelf holds the products as they were at a commit, by category, the newest
// first.
type shelf struct {
	o        *order
	steps    []Commit // what comes
	products map[string]Product
	lists    map[string][]Item
}

func newShelf(h *History, o *order) *shelf {
	s := &shelf{o: o, steps: o.steps, products: map[string]Product{}, lists: map[string][]Item{}}
	for _, p := range h.Products {
		s.products[p.ID] = p
	}
	return s
}

// forward goes on to commit seq.
func (s *shelf) forward(seq int64) {
	for len(s.steps) > 0 && s.steps[0].Seq <= seq {
		for _, id := range s.steps[0].Products {
			s.put(s.products[id], s.o.version(id, s.steps[0].Seq))
		}
		s.steps = s.steps[1:]
	}
}

// put has p stand there in a version, or not at all.
func (s *shelf) put(p Product, version int64) {
	stock := int64(-1)
	if w, ok := s.o.acked[version]; ok {
		stock = w.Stock
	}
	for category := range map[string]bool{p.Category: true, "": true} {
		list := s.lists[category]
		at, found := slices.BinarySearchFunc(list, p, func(i Item, p Product) int { return newestFirst(s.products[i.Product], p) })
		switch {
		case found && version == 0:
			list = slices.Delete(list, at, at+1)
		case found:
			list[at].Version, list[at].Stock = version, stock
		case version != 0:
			list = slices.Insert(list, at, Item{p.ID, version, stock})
		}
		s.lists[category] = list
	}
}

func newestFirst(a, b Product) int {
	return cmp.Or(b.Created.Compare(a.Created), strings.Compare(b.ID, a.ID))
}

func (s *shelf) page(l List) Page {
	all := s.lists[l.Category]
	from := min((l.Page-1)*l.Size, len(all))
	return Page{all[from:min(from+l.Size, len(all))], len(all)}
}
