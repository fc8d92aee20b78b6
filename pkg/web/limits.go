package web

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// limits are what the document says about a scalar value beyond its type.
type limits struct {
	registry huma.Registry
	schema   *huma.Schema
}

// check returns which limit v breaks, or nil. text is v as it was sent; it is
// what limits are about if v is of a type that reads itself.
func (l limits) check(v reflect.Value, text string) *fault {
	value := l.plain(v, text)
	if value == nil || l.schema.Ref != "" {
		return nil
	}
	var found huma.ValidateResult
	huma.Validate(l.registry, l.schema, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, value, &found)
	if len(found.Errors) == 0 {
		return nil
	}
	return &fault{l.code(value), l.detail(found.Errors[0])}
}

// plain returns v as huma knows it, or nil if it has no limits to check.
func (l limits) plain(v reflect.Value, text string) any {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.CanAddr() {
		if o, ok := v.Addr().Interface().(optional); ok {
			inner, _, _ := o.slots()
			return l.plain(inner, text)
		}
	}
	switch {
	case l.schema.Type == huma.TypeString:
		return text
	case readsItself(v.Type()):
		return nil // its kind says nothing of what was sent
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return v.Uint()
	case v.CanFloat():
		return v.Float()
	case v.Kind() == reflect.Bool:
		return v.Bool()
	}
	return nil
}

// checkLength returns which limit a list of n items breaks, or nil.
func (l limits) checkLength(n int) *fault {
	s := l.schema
	switch {
	case s.MinItems != nil && n < *s.MinItems:
		return &fault{codeShort, fmt.Sprintf("Must have at least %d items.", *s.MinItems)}
	case s.MaxItems != nil && n > *s.MaxItems:
		return &fault{codeLong, fmt.Sprintf("Must have at most %d items.", *s.MaxItems)}
	}
	return nil
}

func (l limits) code(value any) string {
	s := l.schema
	text, ok := value.(string)
	switch {
	case len(s.Enum) > 0:
		return codeEnum
	case !ok:
		return codeRange
	case s.MinLength != nil && utf8.RuneCountInString(text) < *s.MinLength:
		return codeShort
	case s.MaxLength != nil && utf8.RuneCountInString(text) > *s.MaxLength:
		return codeLong
	}
	return codeInvalid
}

// detail says for people what is wrong. What huma says about formats may repeat
// the value.
func (l limits) detail(err error) string {
	if l.schema.Format != "" && l.schema.Type == huma.TypeString {
		return "Is not a valid " + l.schema.Format + "."
	}
	d, ok := errors.AsType[*huma.ErrorDetail](err)
	if !ok || d.Message == "" {
		return "Is not valid."
	}
	return strings.ToUpper(d.Message[:1]) + d.Message[1:] + "."
}
