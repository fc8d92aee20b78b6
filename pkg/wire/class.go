package wire

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
	for i, c := range b {
		if classes[c]&where == 0 {
			return i
		}
	}
	return len(b)
}

// all reports whether every character of b may stand where where says.
func all(b []byte, where class) bool {
	for _, c := range b {
		if classes[c]&where == 0 {
			return false
		}
	}
	return true
}
