package web

import (
	"cmp"
	"errors"
	"slices"

	"stockroom/pkg/errs"
)

// Codes of single fields, besides those that types and rules bring along.
const (
	codeUnknown  = "unknown"
	codeRequired = "required"
	codeType     = "type"
	codeNull     = "null"
	codeInvalid  = "invalid"
	codeRepeated = "repeated"
	codeEnum     = "enum"
	codeRange    = "out_of_range"
	codeShort    = "too_short"
	codeLong     = "too_long"
)

// place is where a field of a request is: in the body or among the parameters.
type place struct{ pointer, parameter string }

// fault is one thing that is wrong with a value.
type fault struct{ code, detail string }

// report collects what is wrong with a request, once per place.
type report struct {
	fields []errs.Field
	seen   map[place]bool
}

func (r *report) add(at place, f fault) {
	r.merge(errs.Field{Pointer: at.pointer, Parameter: at.parameter, Code: f.code, Detail: f.detail})
}

// merge adds fields about places that nothing is known of yet; among
// themselves they may be about the same.
func (r *report) merge(fields ...errs.Field) {
	if r.seen == nil {
		r.seen = make(map[place]bool)
	}
	begin := len(r.fields)
	for _, f := range fields {
		if !r.seen[place{f.Pointer, f.Parameter}] && !r.full() {
			r.fields = append(r.fields, f)
		}
	}
	for _, f := range r.fields[begin:] {
		r.seen[place{f.Pointer, f.Parameter}] = true
	}
}

// full reports whether more would not be answered anyway.
func (r *report) full() bool { return len(r.fields) >= maxFields }

// refused adds what a type said that could not read a value.
func (r *report) refused(at place, err error) {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		r.add(at, fault{codeInvalid, "Is not valid."}) // its text may hold anything
		return
	}
	if len(e.Fields) == 0 {
		r.add(at, fault{codeInvalid, cmp.Or(e.Detail, e.Title)})
		return
	}
	fields := slices.Clone(e.Fields)
	for i := range fields {
		fields[i].Parameter = at.parameter
		if at.parameter == "" {
			fields[i].Pointer = at.pointer + fields[i].Pointer
		} else {
			fields[i].Pointer = ""
		}
	}
	r.merge(fields...)
}

// judge adds what v's Validate method found, if it has one. An error that names
// no fields counts only if nothing else is wrong.
func (r *report) judge(v any) error {
	validator, ok := v.(interface{ Validate() error })
	if !ok {
		return nil
	}
	err := validator.Validate()
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*errs.Error](err)
	if ok && e.Kind == errs.Invalid && len(e.Fields) > 0 {
		r.merge(e.Fields...)
		return nil
	}
	if len(r.fields) > 0 {
		return nil
	}
	return err
}

func (r *report) err() error { return errs.Validation(r.fields...) }
