package web

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// Optional is a member of a partial body, or a parameter, that may be left
// out. Null is possible only for members tagged nullable:"true".
type Optional[T any] struct {
	Value T
	Set   bool // it was sent, be it as null
	Null  bool
}

// Or returns the value, or other if there is none.
func (o Optional[T]) Or(other T) T {
	if !o.Set || o.Null {
		return other
	}
	return o.Value
}

// Schema documents o as the value that it may hold.
func (o Optional[T]) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[T](), true, "")
}

func (o *Optional[T]) slots() (value reflect.Value, set, null *bool) {
	return reflect.ValueOf(&o.Value).Elem(), &o.Set, &o.Null
}

type optional interface {
	slots() (value reflect.Value, set, null *bool)
}

// optionalOf returns the type that t is an Optional of.
func optionalOf(t reflect.Type) (reflect.Type, bool) {
	o, ok := reflect.New(t).Interface().(optional)
	if !ok {
		return nil, false
	}
	value, _, _ := o.slots()
	return value.Type(), true
}
