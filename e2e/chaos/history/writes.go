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
	for i, commit := range c.h.Log {
		if want := int64(i) + 1; commit.Seq != want {
			c.broken = append(c.broken, Violation{Text: fmt.Sprintf("the log has %d where %d belongs", commit.Seq, want)})
			return
		}
		if c.o.begun[commit.Seq] == never {
			c.broken = append(c.broken, Violation{Text: fmt.Sprintf("nobody asked for commit %d", commit.Seq)})
		}
	}
	seen := map[int64]bool{}
	for _, w := range c.h.Writes {
		if w.Seq == 0 {
			continue
		}
		if seen[w.Seq] {
			lost(w, "another write has the same number")
		}
		seen[w.Seq] = true
		row, ok := rows[w.Product]
		switch {
		case last(c.o.versions[w.Product], w.Seq) != w.Seq:
			lost(w, "the log does not have it")
		case !ok || row.Version < w.Seq:
			lost(w, "the database has version %d", row.Version)
		case row.Version == w.Seq && (row.Deleted != w.Deleted || !w.Deleted && row.Stock != w.Stock):
			lost(w, "the database has stock %d, deleted %v", row.Stock, row.Deleted)
		}
	}
}
