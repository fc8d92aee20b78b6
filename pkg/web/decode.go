package web

import (
	"bytes"
	"encoding"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Types that read themselves from JSON, by the interface of either version.
var (
	jsonUnmarshaler     = reflect.TypeFor[json.Unmarshaler]()
	jsonUnmarshalerFrom = reflect.TypeFor[json.UnmarshalerFrom]()
)

func readsItself(t reflect.Type) bool {
	pointer := reflect.PointerTo(t)
	return pointer.Implements(jsonUnmarshaler) || pointer.Implements(jsonUnmarshalerFrom) || pointer.Implements(textUnmarshaler)
}

// decoder returns how values of type t are read.
func (c *compiler) decoder(t reflect.Type, limits limits) decoder {
	switch pointer := reflect.PointerTo(t); {
	case pointer.Implements(jsonUnmarshaler), pointer.Implements(jsonUnmarshalerFrom):
		return decodeItself(limits)
	case pointer.Implements(textUnmarshaler):
		return decodeText(limits)
	}
	switch t.Kind() {
	case reflect.Struct:
		o := c.object(t)
		return func(dst reflect.Value, raw jsontext.Value, at jsontext.Pointer, r *report) { o.decode(dst, raw, at, r) }
	case reflect.Pointer:
		elem := c.decoder(t.Elem(), limits)
		return func(dst reflect.Value, raw jsontext.Value, at jsontext.Pointer, r *report) {
			dst.Set(reflect.New(t.Elem()))
			elem(dst.Elem(), raw, at, r)
		}
	case reflect.Slice:
		return c.list(t, limits)
	case reflect.String:
		return decodeString(limits)
	case reflect.Bool:
		return decodeBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64,
		reflect.Float32, reflect.Float64:
		return decodeNumber(textSetterOf(t), limits)
	}
	panic(fmt.Sprintf("web: %s cannot be read from JSON", t))
}

func (c *compiler) list(t reflect.Type, outer limits) decoder {
	items := outer
	if s := outer.schema.Items; s != nil {
		items = limits{outer.registry, s}
	}
	elem := c.decoder(t.Elem(), items)
	return func(dst reflect.Value, raw jsontext.Value, at jsontext.Pointer, r *report) {
		if raw.Kind() != '[' {
			r.add(place{pointer: shown(at)}, fault{codeType, "Must be an array."})
			return
		}
		dec := jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowDuplicateNames(true))
		_, _ = dec.ReadToken()
		list := reflect.MakeSlice(t, 0, 0)
		for dec.PeekKind() != ']' && !r.full() {
			value, err := dec.ReadValue()
			if err != nil {
				return // cannot be: the syntax was checked
			}
			list = reflect.Append(list, reflect.Zero(t.Elem()))
			here := at.AppendToken(strconv.Itoa(list.Len() - 1))
			if value.Kind() == 'n' {
				r.add(place{pointer: shown(here)}, fault{codeNull, "Must not be null."})
				continue
			}
			elem(list.Index(list.Len()-1), value, here, r)
		}
		dst.Set(list)
		if wrong := outer.checkLength(list.Len()); wrong != nil {
			r.add(place{pointer: shown(at)}, *wrong)
		}
	}
}

func decodeString(limits limits) decoder {
	return func(dst reflect.Value, raw jsontext.Value, at jsontext.Pointer, r *report) {
		text, ok := unquote(raw)
		if !ok {
			r.add(place{pointer: shown(at)}, fault{codeType, "Must be a string."})
			return
		}
		dst.SetString(text)
		if wrong := limits.check(dst, text); wrong != nil {
			r.add(place{pointer: shown(at)}, *wrong)
		}
	}
}

func decodeBool(dst reflect.Value, raw jsontext.Value, at jsontext.Pointer, r *report) {
	if k := raw.Kind(); k != 't' && k != 'f' {
		r.add(place{pointer: shown(at)}, fault{codeType, "Must be true or false."})
		return
	}
	dst.SetBool(raw.Kind() == 't')
}

func decodeNumber(set textSetter, limits limits) decoder {
	return func(dst reflect.Value, raw jsontext.Value, at jsontext.Pointer, r *report) {
		if raw.Kind() != '0' {
			r.add(place{pointer: shown(at)}, fault{codeType, "Must be a number."})
			return
		}
		text := string(raw)
		if !dst.CanFloat() {
			text = integral(text)
		}
		setText(set, limits, dst, text, place{pointer: shown(at)}, r)
	}
}

// integral writes numbers like 1e2 or 5.0 as the integers that they are.
func integral(text string) string {
	if !strings.ContainsAny(text, ".eE") {
		return text
	}
	const exact = 1 << 53 // beyond, a float64 may stand for several integers
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > exact {
		return text
	}
	return strconv.FormatInt(int64(f), 10)
}

// decodeItself lets a type read its own JSON, digit by digit as it was sent.
func decodeItself(limits limits) decoder {
	return func(dst reflect.Value, raw jsontext.Value, at jsontext.Pointer, r *report) {
		if err := json.Unmarshal(raw, dst.Addr().Interface()); err != nil {
			r.refused(place{pointer: shown(at)}, err)
			return
		}
		if text, ok := unquote(raw); ok {
			if wrong := limits.check(dst, text); wrong != nil {
				r.add(place{pointer: shown(at)}, *wrong)
			}
		}
	}
}

// decodeText lets a type read itself from a JSON string.
func decodeText(limits limits) decoder {
	set := func(dst reflect.Value, text string) (*fault, error) {
		return nil, dst.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text))
	}
	return func(dst reflect.Value, raw jsontext.Value, at jsontext.Pointer, r *report) {
		text, ok := unquote(raw)
		if !ok {
			r.add(place{pointer: shown(at)}, fault{codeType, "Must be a string."})
			return
		}
		setText(set, limits, dst, text, place{pointer: shown(at)}, r)
	}
}

func unquote(raw jsontext.Value) (string, bool) {
	if raw.Kind() != '"' {
		return "", false
	}
	text, err := jsontext.AppendUnquote(nil, raw)
	return string(text), err == nil
}
