package upstream

import (
	"bytes"
	"errors"
	"math"
	"strconv"

	"stockroom/pkg/wire"
)

// extent finds out where an answer ends, apart from the library: that would
// forget what comes after the end, take a second answer for the one to the next
// request, and read some heads in a way of its own.
type extent struct {
	toHead bool // it answers a HEAD, and so has no body
	open   bool // it ends with its connection
	part   part
	head   []byte // a head, or the line of a chunk or of a trailer, until it is complete
	left   int64  // bytes of a body or of a chunk with its line end
	whole  int64  // how large the body is, as far as it is known
}

type part uint8

const (
	inHead part = iota
	inBody
	inSize  // of a chunk
	inChunk // and the line end after it
	inTrailer
	over
)

var (
	errHead  = errors.New("its head does not end")
	errChunk = errors.New("a chunk has no size")
	errLines = errors.New("a line of its chunks does not end")
)

// take returns how many bytes of p belong to the answer.
func (e *extent) take(p []byte) (n int, err error) {
	for n < len(p) && e.part != over && err == nil {
		rest := p[n:]
		switch e.part {
		case inHead:
			n += e.collect(rest, "\r\n\r\n")
			err = e.headed()
		case inSize:
			n += e.collect(rest, "\r\n")
			err = e.sized()
		case inTrailer:
			n += e.collect(rest, "\r\n")
			err = e.trailed()
		default:
			m := min(int64(len(rest)), e.left)
			n += int(m)
			if e.open {
				e.whole += m
			}
			if e.left -= m; e.left == 0 {
				e.passed()
			}
		}
	}
	return n, err
}

// passed goes on after a body or a chunk.
func (e *extent) passed() {
	if e.part == inBody {
		e.part = over
		return
	}
	e.part = inSize
}

// collect adds to the head what there is of rest until end, and returns how
// much that is.
func (e *extent) collect(rest []byte, end string) int {
	before := len(e.head)
	e.head = append(e.head, rest[:min(len(rest), maxHead+1-before)]...)
	from := max(before-len(end)+1, 0)
	if i := bytes.Index(e.head[from:], []byte(end)); i >= 0 {
		e.head = e.head[:from+i+len(end)]
	}
	return len(e.head) - before
}

// complete reports whether the head ends as it has to, and fails if it never may.
func (e *extent) complete(end string, tooLong error) (bool, error) {
	if bytes.HasSuffix(e.head, []byte(end)) {
		return true, nil
	}
	if len(e.head) > maxHead {
		return false, tooLong
	}
	return false, nil
}

func (e *extent) headed() error {
	if done, err := e.complete("\r\n\r\n", errHead); !done {
		return err
	}
	a, err := wire.CheckAnswer(e.head)
	if err != nil {
		return err
	}
	e.head = e.head[:0]
	switch {
	case a.Interim(): // the next head follows
	case e.toHead:
		e.part = over
	case a.Chunked:
		e.part = inSize
	case a.Length < 0:
		e.part, e.left, e.open = inBody, math.MaxInt64, true
	case a.Length > 0:
		e.part, e.left, e.whole = inBody, a.Length, a.Length
	default:
		e.part = over
	}
	return nil
}

// sized reads the line that a chunk begins with.
func (e *extent) sized() error {
	if done, err := e.complete("\r\n", errLines); !done {
		return err
	}
	size, ok := sizeOf(e.head)
	if !ok {
		return errChunk
	}
	e.head = e.head[:0]
	e.part, e.left = inChunk, size+int64(len("\r\n"))
	e.whole += min(size, maxAnswer+1)
	if size == 0 {
		e.part = inTrailer
	}
	return nil
}

func sizeOf(line []byte) (int64, bool) {
	digits, _, _ := bytes.Cut(bytes.TrimSuffix(line, []byte("\r\n")), []byte(";"))
	n, err := strconv.ParseUint(string(digits), 16, 62)
	return int64(n), err == nil
}

func (e *extent) trailed() error {
	if done, err := e.complete("\r\n", errLines); !done {
		return err
	}
	if len(e.head) == len("\r\n") {
		e.part = over
	}
	e.head = e.head[:0]
	return nil
}
