package history

import "fmt"

// writes judges whether the database has all that was acknowledged, and nothing
// that nobody asked for.
func (c *checker) writes() {
	lost := func(w Write, format string, args ...any) {
		text := fmt.Sprintf("write %d of %s by replica %d: ", w.Seq, w.Product, w.Replica)
		c.broken = append(c.broken, Violation{w.End, text + fmt.Sprintf(format, args...)})
	}
	rows := map[string]Product{}
	for _, p := range c.h.Products {
		rows[p.ID] = p
	}
	before := int64(0)
	for _, commit := range c.h.Log {
		if want := before + 1; commit.Seq != want && (commit.Back == 0 || commit.Seq < want) {
			c.broken = append(c.broken, Violation{Text: fmt.Sprintf("the log has %d where %d belongs", commit.Seq, want)})
			return
		}
		before = commit.Seq
		if c.o.begun[commit.Seq] == never {
			c.broken = append(c.broken, Violation{Text: fmt.Sprintf("nobody asked for commit %d", commit.Seq)})
		}
	}
	seen := map[int64]bool{}
	for _, w := range c.h.Writes {
		if w.Seq == 0 || w.Product == "" {
			continue
		}
		if seen[w.Seq] {
			lost(w, "another write has the same number")
		}
		seen[w.Seq] = true
		row, ok := rows[w.Product]
		switch {
		case !c.o.changed(w.Product, w.Seq):
			lost(w, "the log does not have it")
		case c.o.undone(w.Seq):
		case !ok || row.Version < w.Seq:
			lost(w, "the database has version %d", row.Version)
		case row.Version == w.Seq && (row.Deleted != w.Deleted || !w.Deleted && row.Stock != w.Stock):
			lost(w, "the database has stock %d, deleted %v", row.Stock, row.Deleted)
		}
	}
}
