package wire

import (
	"bytes"

	"github.com/valyala/fasthttp"
)

// Target is what a request is for, as it came. The slices live as long as the
// request does.
type Target struct {
	Raw  []byte // path and query, if that is not empty
	Path []byte
}

// targetOf returns the target of a request. It refuses a path that is not in
// canonical form: one with empty or dot segments, with a slash, backslash or
// control character in disguise, with a percent-encoding that is broken or
// needless, or with a character that has to be encoded.
func targetOf(h *fasthttp.RequestHeader) (Target, error) {
	raw, err := originForm(h)
	if err != nil {
		return Target{}, err
	}
	path, query, _ := bytes.Cut(raw, []byte("?"))
	if len(query) == 0 {
		raw = path // an empty query means the same as none
	}
	if err := checkPath(path); err != nil {
		return Target{}, err
	}
	return Target{raw, path}, checkQuery(query)
}

// originForm returns the request target from the path on. An absolute target is
// taken if it names the same host as the Host header.
func originForm(h *fasthttp.RequestHeader) ([]byte, error) {
	target := h.RequestURI()
	if len(target) > 0 && target[0] == '/' {
		return target, nil
	}
	scheme, rest, ok := bytes.Cut(target, []byte("://"))
	if known := is(scheme, "http") || is(scheme, "https"); !ok || !known {
		return nil, ErrMalformed.Because("The request target is a path.")
	}
	slash := bytes.IndexByte(rest, '/')
	if slash < 0 || !bytes.EqualFold(rest[:slash], h.Host()) {
		return nil, ErrMalformed.Because("The request target names another host than the Host header.")
	}
	return rest[slash:], nil
}

var errPath = ErrMalformed.Because("The path is not in canonical form.")

func checkPath(path []byte) error {
	if len(path) == 0 || path[0] != '/' {
		return errPath
	}
	for i := 1; i < len(path); i++ {
		switch c := path[i]; {
		case c == '/':
			if path[i-1] == '/' {
				return errPath
			}
		case c == '%':
			d, ok := unhex(path[i:])
			if !ok || d < ' ' || d == 0x7f || d == '/' || d == '\\' || classes[d]&unreserved != 0 {
				return errPath
			}
			i += 2
		case classes[c]&inPath == 0:
			return errPath
		}
	}
	if !bytes.Contains(path, []byte("/.")) {
		return nil
	}
	for segment := range bytes.SplitSeq(path, []byte("/")) {
		if string(segment) == "." || string(segment) == ".." {
			return errPath
		}
	}
	return nil
}

// checkQuery is laxer: browsers and command lines put much into a query that
// ought to be encoded, and no route depends on it.
func checkQuery(query []byte) error {
	for i := 0; i < len(query); i++ {
		switch query[i] {
		case '#':
			return ErrMalformed.Because("A fragment is not sent.")
		case '%':
			if _, ok := unhex(query[i:]); !ok {
				return ErrMalformed.Because("The query holds a broken percent-encoding.")
			}
			i += 2
		}
	}
	return nil
}

// unhex decodes the percent-encoding that b begins with.
func unhex(b []byte) (byte, bool) {
	if len(b) < 3 {
		return 0, false
	}
	hi, ok1 := nibble(b[1])
	lo, ok2 := nibble(b[2])
	return hi<<4 | lo, ok1 && ok2
}

func nibble(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
