package wire

import (
	"bytes"

	"github.com/valyala/fasthttp"
)

// Limits of the head of a request.
const (
	MaxURI     = 8 << 10
	MaxHeaders = 16 << 10
	// MaxHead is the size of the buffer that the head is read into: what does
	// not fit is refused before anything of it is understood.
	MaxHead = MaxURI + MaxHeaders
)

// Check returns what the head of a request is for, or what is wrong with it.
func Check(h *fasthttp.RequestHeader) (Target, error) {
	if err := checkHead(h); err != nil {
		return Target{}, err
	}
	return targetOf(h)
}

func checkHead(h *fasthttp.RequestHeader) error {
	if len(h.RequestURI()) > MaxURI {
		return ErrURITooLong
	}
	raw := h.RawHeaders()
	if len(raw) > MaxHeaders {
		return ErrHeadersTooLarge
	}
	if p := string(h.Protocol()); p != "HTTP/1.1" && p != "HTTP/1.0" {
		return ErrMalformed.Because("Another version of HTTP is spoken here.")
	}
	switch string(h.Method()) {
	case fasthttp.MethodTrace, fasthttp.MethodConnect:
		return ErrMalformed.Because("This method is not for here.")
	}
	for range h.Trailers() {
		// The library takes them for headers, which whoever stands before did not see.
		return ErrMalformed.Because("Trailers are not taken.")
	}
	seen, err := checkHeaders(raw, nil)
	if err == nil && seen.upgrades > 0 {
		err = ErrMalformed.Because("Connections are not upgraded here.")
	}
	return err
}

// checkHeaders walks over the header lines as they came over the wire. The
// library has joined, trimmed and dropped some of them already. It adds them to
// fields, unless that is nil.
func checkHeaders(raw []byte, fields *[]Field) (seen framing, err error) {
	for len(raw) > 0 {
		end := span(raw, inName)
		if end == 0 && isEnd(raw) {
			break
		}
		if end == 0 || end == len(raw) || raw[end] != ':' {
			return seen, lineError(raw, errName)
		}
		name, rest := raw[:end], raw[end+1:]
		end = span(rest, inValue)
		if !isEnd(rest[end:]) {
			return seen, lineError(rest[end:], errValue)
		}
		value := trim(rest[:end])
		if err := seen.add(name, value); err != nil {
			return seen, err
		}
		if fields != nil {
			*fields = append(*fields, Field{name, value})
		}
		raw = rest[end+len("\r\n"):]
	}
	return seen, seen.check()
}

func isEnd(b []byte) bool { return len(b) >= 2 && b[0] == '\r' && b[1] == '\n' }

var (
	errLine  = ErrMalformed.Because("Header lines end in CR LF.")
	errName  = ErrMalformed.Because("A header name holds a character that it may not hold.")
	errValue = ErrMalformed.Because("A header value holds a control character.")
)

// lineError returns what is wrong with a line of which b is the rest: known, if it
// ends as it has to.
func lineError(b []byte, known error) error {
	if line, _, ok := bytes.Cut(b, []byte("\n")); !ok || !bytes.HasSuffix(line, []byte("\r")) {
		return errLine
	}
	return known
}

// framing is what the headers say about where a request ends and whose it is.
type framing struct {
	hosts, types, lengths, encodings, expectations, upgrades, connections int

	length []byte // the last one
	closes bool   // the connection, afterwards
}

func (f *framing) add(name, value []byte) error {
	switch {
	case is(name, "Host"):
		f.hosts++
		if !isHost(value) {
			return ErrMalformed.Because("Host is a name or an address, and perhaps a port.")
		}
	case is(name, "Content-Type"):
		f.types++
	case is(name, "Content-Length"):
		f.lengths++
		f.length = value
		if len(value) == 0 || len(bytes.Trim(value, "0123456789")) != 0 {
			return ErrMalformed.Because("Content-Length is a number.")
		}
	case is(name, "Transfer-Encoding"):
		f.encodings++
		if !is(value, "chunked") {
			return ErrMalformed.Because("The only transfer encoding is chunked.")
		}
	case is(name, "Expect"):
		f.expectations++
		if !is(value, "100-continue") {
			return ErrMalformed.Because("All that can be expected is 100-continue.")
		}
	case is(name, "Connection"):
		f.connections++
		for option := range bytes.SplitSeq(value, []byte(",")) {
			f.closes = f.closes || is(trim(option), "close")
		}
	case is(name, "Upgrade"), is(name, "HTTP2-Settings"):
		f.upgrades++
	}
	return nil
}

func (f *framing) check() error {
	if f.hosts > 1 || f.types > 1 || f.lengths+f.encodings > 1 || f.expectations > 1 {
		return ErrMalformed.Because("The request says more than once where it ends, what it is or whom it is for.")
	}
	return nil
}

func is(b []byte, name string) bool {
	return len(b) == len(name) && bytes.EqualFold(b, []byte(name))
}

// trim returns b without the blanks around it.
func trim(b []byte) []byte {
	blank := func(c byte) bool { return c == ' ' || c == '\t' }
	for len(b) > 0 && blank(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && blank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

// isHost takes names, IPv4 addresses and IPv6 addresses in brackets, and none of
// the characters that other programs cut a host at.
func isHost(b []byte) bool {
	name, port := b, []byte(nil)
	if i := bytes.LastIndexByte(b, ':'); i > bytes.LastIndexByte(b, ']') {
		name, port = b[:i], b[i+1:]
	}
	inner, six := bytes.CutPrefix(name, []byte("["))
	if six {
		inner, six = bytes.CutSuffix(inner, []byte("]"))
		name = bytes.ReplaceAll(inner, []byte(":"), []byte("."))
		if !six {
			return false
		}
	}
	return len(name) > 0 && all(name, unreserved) && len(bytes.Trim(port, "0123456789")) == 0
}
