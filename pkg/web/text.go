package web

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// textSetter sets dst to what text says: a parameter, or a field of a form. It
// returns what is wrong with text, or the error of a type that reads itself.
type textSetter func(dst reflect.Value, text string) (*fault, error)

var textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

// textSetterOf returns how values of type t are read from text.
func textSetterOf(t reflect.Type) textSetter {
	if inner, ok := optionalOf(t); ok {
		set := textSetterOf(inner)
		return func(dst reflect.Value, text string) (*fault, error) {
			value, sent, _ := dst.Addr().Interface().(optional).slots()
			*sent = true
			return set(value, text)
		}
	}
	if reflect.PointerTo(t).Implements(textUnmarshaler) {
		return func(dst reflect.Value, text string) (*fault, error) {
			return nil, dst.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text))
		}
	}
	switch t.Kind() {
	case reflect.Pointer:
		set := textSetterOf(t.Elem())
		return func(dst reflect.Value, text string) (*fault, error) {
			dst.Set(reflect.New(t.Elem()))
			return set(dst.Elem(), text)
		}
	case reflect.String:
		return func(dst reflect.Value, text string) (*fault, error) {
			dst.SetString(text)
			return nil, nil
		}
	case reflect.Bool:
		return setBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return setInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return setUint
	case reflect.Float32, reflect.Float64:
		return setFloat
	}
	panic(fmt.Sprintf("web: %s cannot be read from text", t))
}

func setBool(dst reflect.Value, text string) (*fault, error) {
	switch strings.ToLower(text) {
	case "true", "1", "yes", "on":
		dst.SetBool(true)
	case "false", "0", "no", "off":
		dst.SetBool(false)
	default:
		return &fault{codeType, "Must be true or false."}, nil
	}
	return nil, nil
}

func setInt(dst reflect.Value, text string) (*fault, error) {
	n, err := strconv.ParseInt(text, 10, dst.Type().Bits())
	dst.SetInt(n)
	return ofNumber(err, "Must be an integer."), nil
}

func setUint(dst reflect.Value, text string) (*fault, error) {
	n, err := strconv.ParseUint(text, 10, dst.Type().Bits())
	dst.SetUint(n)
	return ofNumber(err, "Must be an integer that is not negative."), nil
}

func setFloat(dst reflect.Value, text string) (*fault, error) {
	n, err := strconv.ParseFloat(text, dst.Type().Bits())
	if strings.Trim(text, "+-.0123456789eE") != "" { // words and hexadecimal are Go's, not ours
		err = strconv.ErrSyntax
	}
	dst.SetFloat(n)
	return ofNumber(err, "Must be a number."), nil
}

func ofNumber(err error, must string) *fault {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, strconv.ErrRange):
		return &fault{codeRange, "Is out of range."}
	}
	return &fault{codeType, must}
}
