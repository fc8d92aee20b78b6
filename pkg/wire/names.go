package wire

import "slices"

// Names is a set of names of headers.
type Names struct {
	all     []string
	lengths uint64 // bit n: one has n letters; bit 0: one has more than fit in here
}

// NamesOf returns the set of all.
func NamesOf(all ...string) Names {
	n := Names{all: all}
	for _, name := range all {
		n.lengths |= bit(len(name))
	}
	return n
}

// Has reports whether name is in the set, in whatever case. Most are not, which
// their length tells.
func (n Names) Has(name []byte) bool {
	return n.lengths&bit(len(name)) != 0 && slices.ContainsFunc(n.all, func(s string) bool { return is(name, s) })
}

func bit(length int) uint64 {
	if length >= 64 {
		length = 0
	}
	return 1 << length
}
