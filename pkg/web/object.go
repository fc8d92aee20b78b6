package web

import (
	"bytes"
	"maps"
	"reflect"

	"github.com/go-json-experiment/json/jsontext"
)

// object reads JSON objects, and forms, into values of one struct type.
type object struct {
	members  map[string]*member
	names    []string        // of the members, in the order of the struct
	required map[string]bool // the names that may not be missing
}

// member is one member of an object.
type member struct {
	index    []int
	nullable bool
	ignored  bool // accepted and dropped: callers may send back what they read
	decode   decoder
	text     textSetter // only if forms are taken
	limits   limits
	value    reflect.Type // without Optional
}

// decoder sets dst to what raw says, or reports what is wrong at a place.
type decoder func(dst reflect.Value, raw jsontext.Value, at jsontext.Pointer, r *report)

// decode fills dst from raw, which is known to be valid JSON. It returns false
// if raw is no object at all.
func (o *object) decode(dst reflect.Value, raw jsontext.Value, at jsontext.Pointer, r *report) bool {
	if raw.Kind() != '{' {
		r.add(place{pointer: shown(at)}, fault{codeType, "Must be an object."})
		return false
	}
	dec := jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowDuplicateNames(true)) // refused before
	_, _ = dec.ReadToken()
	missing := maps.Clone(o.required)
	for dec.PeekKind() == '"' {
		name, _ := dec.ReadToken()
		key := name.String()
		value, err := dec.ReadValue()
		if err != nil { // cannot be: the syntax was checked
			r.add(place{pointer: shown(at)}, fault{codeInvalid, "Is not valid."})
			return false
		}
		delete(missing, key)
		o.member(dst, key, value, at.AppendToken(key), r)
	}
	for _, name := range o.names {
		if missing[name] {
			r.add(place{pointer: shown(at.AppendToken(name))}, fault{codeRequired, "Is required."})
		}
	}
	return true
}

func (o *object) member(dst reflect.Value, name string, value jsontext.Value, at jsontext.Pointer, r *report) {
	m, ok := o.members[name]
	switch {
	case !ok:
		r.add(place{pointer: shown(at)}, fault{codeUnknown, "Is not known."})
	case m.ignored:
	default:
		m.read(field(dst, m.index), value, at, r)
	}
}

// read sets the field of the member.
func (m *member) read(dst reflect.Value, value jsontext.Value, at jsontext.Pointer, r *report) {
	null := value.Kind() == 'n'
	if null && !m.nullable {
		r.add(place{pointer: shown(at)}, fault{codeNull, "Must not be null."})
		return
	}
	if o, ok := dst.Addr().Interface().(optional); ok {
		inner, isSet, isNull := o.slots()
		*isSet, *isNull, dst = true, null, inner
	}
	if null {
		return // the zero value says so
	}
	m.decode(dst, value, at, r)
}

// field returns the field of v at index, making what is embedded by pointer.
func field(v reflect.Value, index []int) reflect.Value {
	for i, x := range index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(x)
	}
	return v
}
