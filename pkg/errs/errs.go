// Package errs classifies failures, so that every transport answers them alike.
//
// The inside of a service declares its failures once, as package variables:
//
//	var ErrProductNotFound = errs.New(errs.NotFound, "not_found", "Product not found")
//
// Callers test identity with [errors.Is]; transports read [KindOf] and the
// [Error] itself, and need to know nothing about the service.
package errs

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Kind says what class of failure an error is. It knows nothing of HTTP.
type Kind string

// The kinds. An error without a kind is Internal.
const (
	Internal        Kind = "internal"
	Malformed       Kind = "malformed"       // cannot be read at all: framing, syntax
	TooLarge        Kind = "too_large"       // more bytes than are taken
	Unsupported     Kind = "unsupported"     // a media type or encoding that is not taken
	Unauthenticated Kind = "unauthenticated" // who calls is not known
	Forbidden       Kind = "forbidden"       // who calls is known and may not
	Invalid         Kind = "invalid"         // readable, but breaks a rule
	NotFound        Kind = "not_found"
	Conflict        Kind = "conflict"    // at odds with the present state
	Stale           Kind = "stale"       // a precondition on the version failed
	Throttled       Kind = "throttled"   // too many, come back later
	Unavailable     Kind = "unavailable" // something needed is away, come back later
	Timeout         Kind = "timeout"     // something needed did not answer in time
)

// Error is a failure that may be shown to a client. None of its texts contains
// internals: the cause of a failure belongs into a wrapping error.
type Error struct {
	Kind    Kind
	Code    string // stable and machine-readable, part of the API
	Title   string // for people, the same for every occurrence
	Detail  string // for people, about this occurrence; may be empty
	Fields  []Field
	RetryIn time.Duration // when it makes sense to come back; zero if unknown

	base *Error // the declared failure that this is an occurrence of
}

// Field is one thing that is wrong with a request.
type Field struct {
	Pointer   string // JSON Pointer (RFC 6901) into the body, or empty
	Parameter string // name of the query, path or header parameter, or empty
	Code      string // stable and machine-readable
	Detail    string // for people; never repeats the value
}

// New declares a failure.
func New(kind Kind, code, title string) *Error {
	return &Error{Kind: kind, Code: code, Title: title}
}

// Error returns the title, with the detail if there is one.
func (e *Error) Error() string {
	if e.Detail == "" {
		return e.Title
	}
	return e.Title + ": " + e.Detail
}

// Unwrap returns the declared failure that e is an occurrence of, so that
// errors.Is(ErrX.Because("…"), ErrX) holds.
func (e *Error) Unwrap() error {
	if e.base == nil {
		return nil
	}
	return e.base
}

// Because returns an occurrence of e with a detail for people.
func (e *Error) Because(format string, args ...any) *Error {
	o := e.occurrence()
	o.Detail = fmt.Sprintf(format, args...)
	return o
}

// At returns an occurrence of e that also names fields.
func (e *Error) At(fields ...Field) *Error {
	o := e.occurrence()
	o.Fields = append(slices.Clip(o.Fields), fields...)
	return o
}

// After returns an occurrence of e that says when to come back.
func (e *Error) After(d time.Duration) *Error {
	o := e.occurrence()
	o.RetryIn = d
	return o
}

func (e *Error) occurrence() *Error {
	o := *e
	o.base = cmp.Or(e.base, e)
	return &o
}

// KindOf returns the kind of the first [Error] in err's tree, or Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return cmp.Or(e.Kind, Internal)
	}
	return Internal
}

// ErrValidation is the failure of a request that can be read but breaks rules;
// its occurrences name every field that is wrong.
var ErrValidation = New(Invalid, "validation_failed", "Validation failed")

// ErrUnavailable is the failure of everything that needs something that is away
// or too busy, a database above all.
var ErrUnavailable = New(Unavailable, "dependency_unavailable", "Something needed is unavailable")

// Validation returns an occurrence of [ErrValidation] for fields, or nil if
// there are none.
func Validation(fields ...Field) error {
	if len(fields) == 0 {
		return nil
	}
	return ErrValidation.At(fields...)
}
