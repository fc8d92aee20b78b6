package web

import (
	"fmt"
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
	"github.com/gofiber/fiber/v2"
)

// Empty is a request or an answer of nothing.
type Empty struct{}

// Raw is an answer that is encoded already. The document shows T; keeping to
// it is up to the handler. Nil JSON is an answer without a body, as for 304.
type Raw[T any] struct{ JSON []byte }

// RawOf returns v encoded as every other answer is, for handlers that sometimes
// answer without a body.
func RawOf[T any](v T) (Raw[T], error) {
	body, err := encode(v)
	if err != nil {
		return Raw[T]{}, fmt.Errorf("encode answer: %w", err)
	}
	return Raw[T]{JSON: body}, nil
}

func (r Raw[T]) encoded() []byte     { return r.JSON }
func (r Raw[T]) model() reflect.Type { return reflect.TypeFor[T]() }

type rawAnswer interface {
	encoded() []byte
	model() reflect.Type
}

// answer knows how values of one Out type are answered.
type answer struct {
	model  reflect.Type // what the document shows; nil if there is no body
	status int
	write  func(c *fiber.Ctx, out any) error
}

func answerOf(out reflect.Type) answer {
	if out == reflect.TypeFor[Empty]() {
		return answer{status: fiber.StatusNoContent, write: func(*fiber.Ctx, any) error { return nil }}
	}
	if raw, ok := reflect.Zero(out).Interface().(rawAnswer); ok {
		return answer{model: raw.model(), status: fiber.StatusOK, write: writeRaw}
	}
	return answer{model: out, status: fiber.StatusOK, write: writeJSON}
}

func writeRaw(c *fiber.Ctx, out any) error {
	body := out.(rawAnswer).encoded()
	if body == nil {
		return nil
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	c.Response().SetBodyRaw(body)
	return nil
}

func writeJSON(c *fiber.Ctx, out any) error {
	body, err := encode(out)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	c.Response().SetBodyRaw(body)
	return nil
}

// encode writes v as encoding/json does, but lists that are nil as the empty
// arrays that the document promises, and without escapes for HTML.
func encode(v any) ([]byte, error) {
	return json.Marshal(v, jsonv1.DefaultOptionsV1(),
		json.FormatNilSliceAsNull(false),
		json.FormatNilMapAsNull(false),
		jsontext.EscapeForHTML(false),
		jsontext.EscapeForJS(false),
	)
}
