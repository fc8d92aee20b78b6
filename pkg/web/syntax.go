package web

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"stockroom/pkg/errs"
)

// maxDepth bounds how deep objects and arrays of a body may nest.
const maxDepth = 32

// checkJSON reads all of body as one JSON value, and refuses what different
// parsers understand differently: duplicate names, bytes after the value,
// invalid UTF-8, lone surrogates. It returns the pointers of strings that
// contain U+0000, which are valid JSON, but no text that can be stored.
func checkJSON(body []byte) (nuls []string, err error) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(body))
	for complete := false; ; complete = dec.StackDepth() == 0 {
		token, err := dec.ReadToken()
		switch {
		case errors.Is(err, io.EOF) && complete:
			return nuls, nil
		case err != nil:
			return nil, malformed(err)
		case complete:
			return nil, ErrMalformedJSON.Because("The body holds more than one value.")
		case dec.StackDepth() > maxDepth:
			return nil, ErrMalformedJSON.Because("The body nests deeper than %d levels.", maxDepth)
		case token.Kind() == '"' && len(nuls) < maxFields && strings.ContainsRune(token.String(), 0):
			nuls = append(nuls, shown(dec.StackPointer()))
		}
	}
}

// malformed says why a body is not JSON, and repeats nothing of it.
func malformed(err error) *errs.Error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return ErrMalformedJSON.Because("The body ends too early.")
	case errors.Is(err, io.EOF):
		return ErrMalformedJSON.Because("The body is empty.")
	case errors.Is(err, jsontext.ErrDuplicateName):
		return ErrMalformedJSON.Because("A name occurs twice in one object.")
	}
	if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return ErrMalformedJSON.Because("The body is not JSON from byte %d on.", e.ByteOffset)
	}
	return ErrMalformedJSON
}

// maxPointer bounds how much of a body a pointer repeats.
const maxPointer = 200

// shown returns p, or the part of it that is short enough to be answered.
func shown(p jsontext.Pointer) string {
	for len(p) > maxPointer {
		p = p.Parent()
	}
	return string(p)
}
