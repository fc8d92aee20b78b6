package wire

import (
	"bytes"
	"errors"
	"strconv"
)

// The ways in which an answer can be one that two programs read differently.
var (
	errStatus  = errors.New("no status of an answer that can be passed on")
	errVersion = errors.New("another version of HTTP")
)

// Answer is what the head of an answer says about where it ends.
type Answer struct {
	Status  int
	Chunked bool
	Length  int64 // of the body; -1: chunked, or until the connection ends
	Closes  bool  // its connection serves no further request

	Connection bool // it has a header of that name
}

// Interim reports whether the real answer is still to come.
func (a Answer) Interim() bool { return a.Status < 200 }

// Field is a header. The slices live as long as the head they are of.
type Field struct{ Name, Value []byte }

// CheckAnswer reads the head of an answer, up to and with the blank line, and
// appends its headers to fields, unless that is nil. It is as strict as [Check]
// about what stands there.
func CheckAnswer(head []byte, fields *[]Field) (Answer, error) {
	line, lines, ok := bytes.Cut(head, []byte("\r\n"))
	if !ok || !all(line, inValue) {
		return Answer{}, ErrMalformed
	}
	version, rest, _ := bytes.Cut(line, []byte(" "))
	if v := string(version); v != "HTTP/1.1" && v != "HTTP/1.0" {
		return Answer{}, errVersion
	}
	code, _, _ := bytes.Cut(rest, []byte(" "))
	status, err := strconv.ParseUint(string(code), 10, 16)
	if err != nil || len(code) != 3 || status < 100 || status > 599 || status == 101 {
		return Answer{}, errStatus
	}
	said, err := checkHeaders(lines, fields)
	if err != nil {
		return Answer{}, err
	}
	if said.encodings > 0 && string(version) == "HTTP/1.0" {
		return Answer{}, errVersion
	}
	a := Answer{Status: int(status), Chunked: said.encodings > 0, Length: -1, Closes: said.closes || string(version) == "HTTP/1.0", Connection: said.connections > 0}
	switch {
	case a.Interim(), status == 204, status == 304:
		a.Chunked, a.Length = false, 0
	case said.lengths > 0:
		a.Length, err = strconv.ParseInt(string(said.length), 10, 64)
	}
	return a, err
}
