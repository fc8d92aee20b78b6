package upstream

import (
	"bytes"
	"errors"
	"math"
	"strconv"

	"stockroom/pkg/wire"
)

// extent finds out where an answer ends, and what is in it.
type extent struct {
	toHead bool    // it answers a HEAD, and so has no body
	into   *Answer // what it is put into; nil: only the end is of interest
	open   bool    // it ends with its connection
	closes bool    // its connection ends with it
	part   part    // what comes next
	head   []byte  // a head, or the line of a chunk or of a trailer, until it is complete
	left   int64   // bytes of a body, of a chunk, or of the line end after it
	whole  int64   // how large the body is, as far as it is known
	before int     // heads that came before the one that counts
	aside  int     // bytes of those, and of the trailer
}

// maxInterim is how many answers may come before the real one: far more than any
// service has to say.
const maxInterim = 16

type part uint8

const (
	inHead part = iota
	inBody
	inSize // of a chunk
	inChunk
	inChunkEnd
	inTrailer
	over
)

var (
	errHead  = errors.New("its head does not end")
	errChunk = errors.New("a chunk has no size, or another one")
	errLines = errors.New("a line of its chunks does not end")
)

// take returns how many bytes of p belong to the answer.
func (e *extent) take(p []byte) (n int, err error) {
	for n < len(p) && e.part != over && err == nil {
		rest := p[n:]
		switch e.part {
		case inHead:
			n, err = e.collect(p, n, "\r\n\r\n", e.headed, errHead)
		case inSize:
			n, err = e.collect(p, n, "\r\n", e.sized, errLines)
		case inTrailer:
			n, err = e.collect(p, n, "\r\n", e.trailed, errLines)
		case inChunkEnd:
			n++
			err = e.ended(rest[0])
		default:
			m := int(min(int64(len(rest)), e.left))
			n += m
			err = e.passed(rest[:m])
		}
	}
	return n, err
}

// passed takes some of a body or of a chunk.
func (e *extent) passed(p []byte) error {
	if e.open {
		if err := e.grow(int64(len(p))); err != nil {
			return err
		}
	}
	if e.into != nil {
		e.into.add(p)
	}
	if e.left -= int64(len(p)); e.left > 0 {
		return nil
	}
	if e.part == inBody {
		e.part = over
		return nil
	}
	e.part, e.left = inChunkEnd, int64(len("\r\n"))
	return nil
}

// grow takes note that the body is larger by n bytes, before they are taken in.
func (e *extent) grow(n int64) error {
	e.whole += min(n, maxAnswer+1)
	if e.into == nil {
		return nil
	}
	return e.into.hold(e.whole)
}

// ended takes a byte of what stands after a chunk.
func (e *extent) ended(b byte) error {
	if b != "\r\n"[len("\r\n")-int(e.left)] {
		return errChunk
	}
	if e.left--; e.left == 0 {
		e.part = inSize
	}
	return nil
}

// collect passes what there is from p[n:] on to done when it is complete, which
// it is with end, and returns how much of p has been read then.
func (e *extent) collect(p []byte, n int, end string, done func([]byte) error, tooLong error) (int, error) {
	if len(e.head) == 0 {
		if i := bytes.Index(p[n:], []byte(end)); i >= 0 && i+len(end) <= maxHead {
			from := n
			n += i + len(end)
			return n, done(p[from:n])
		}
	}
	before := len(e.head)
	e.head = append(e.head, p[n:min(len(p), n+maxHead+1-before)]...)
	from := max(before-len(end)+1, 0)
	if i := bytes.Index(e.head[from:], []byte(end)); i >= 0 {
		e.head = e.head[:from+i+len(end)]
	}
	n += len(e.head) - before
	switch {
	case len(e.head) > maxHead:
		return n, tooLong
	case bytes.HasSuffix(e.head, []byte(end)):
		whole := e.head
		e.head = e.head[:0]
		return n, done(whole)
	}
	return n, nil
}

func (e *extent) headed(head []byte) error {
	a, err := e.check(head)
	if err != nil {
		return err
	}
	if a.Interim() { // the next one follows
		if e.before++; e.before > maxInterim {
			return errHead
		}
		return e.skip(head, errHead)
	}
	e.closes = a.Closes
	switch {
	case e.toHead:
		e.part = over
	case a.Chunked:
		e.part = inSize
	case a.Length < 0:
		e.part, e.left, e.open = inBody, math.MaxInt64, true
	case a.Length > 0:
		e.part, e.left = inBody, a.Length
		return e.grow(a.Length)
	default:
		e.part = over
	}
	return nil
}

func (e *extent) check(head []byte) (wire.Answer, error) {
	if e.into == nil {
		return wire.CheckAnswer(head, nil)
	}
	return e.into.begin(head)
}

// sized reads the line that a chunk begins with.
func (e *extent) sized(line []byte) error {
	size, ok := sizeOf(line)
	if !ok {
		return errChunk
	}
	e.part, e.left = inChunk, size
	if size == 0 {
		e.part = inTrailer
	}
	return e.grow(size)
}

func sizeOf(line []byte) (int64, bool) {
	digits, _, _ := bytes.Cut(bytes.TrimSuffix(line, []byte("\r\n")), []byte(";"))
	n, err := strconv.ParseUint(string(digits), 16, 62)
	return int64(n), err == nil
}

// trailed reads a line of the trailer, which goes no further.
func (e *extent) trailed(line []byte) error {
	if len(line) == len("\r\n") {
		e.part = over
	}
	return e.skip(line, errLines)
}

// skip passes over a head or a line, unless there have been too many.
func (e *extent) skip(what []byte, tooLong error) error {
	e.aside += len(what)
	if e.aside > maxHead {
		return tooLong
	}
	return nil
}
