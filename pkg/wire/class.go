package wire

import "encoding/binary"

// class is a set of places where a character may stand.
type class uint8

const (
	// inName is a token of RFC 9110 without "_", which some programs take for "-".
	inName class = 1 << iota
	inValue
	inPath
	unreserved // of RFC 3986
)

// classes is looked up for every byte of a head.
var classes = func() (t [256]class) {
	for c := range t {
		if c >= ' ' && c != 0x7f || c == '\t' {
			t[c] |= inValue
		}
		if c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			t[c] |= inName | inPath | unreserved
		}
	}
	for _, c := range []byte("!#$%&'*+-.^`|~") {
		t[c] |= inName
	}
	for _, c := range []byte("-._~") {
		t[c] |= inPath | unreserved
	}
	for _, c := range []byte("/!$&'()*+,;=:@") {
		t[c] |= inPath
	}
	return t
}()

// span returns how many characters b begins with that may stand where where says.
func span(b []byte, where class) int {
	i := 0
	if where == inValue {
		i = plain(b)
	}
	for ; i < len(b); i++ {
		if classes[b[i]]&where == 0 {
			return i
		}
	}
	return len(b)
}

// plain returns a number of characters that b begins with and none of which is a
// control character: not always all of them. It looks at eight at a time
// (https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord).
func plain(b []byte) (n int) {
	const (
		each = 0x0101010101010101
		high = 0x80 * each
	)
	for ; len(b)-n >= 8; n += 8 {
		w := binary.LittleEndian.Uint64(b[n:])
		del := w ^ 0x7f*each
		if ((w-' '*each)&^w|(del-each)&^del)&high != 0 {
			break
		}
	}
	return n
}

// all reports whether every character of b may stand where where says.
func all(b []byte, where class) bool { return span(b, where) == len(b) }
