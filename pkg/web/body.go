package web

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

// body is the Body field of an In type.
type body struct {
	index    []int
	optional bool // a pointer, which stays nil if nothing is sent
	media    []string
	object   *object
	schema   *huma.Schema
}

func compileBody(registry huma.Registry, f reflect.StructField, op Operation) *body {
	b := &body{index: f.Index, media: op.MediaTypes}
	if len(b.media) == 0 {
		b.media = []string{fiber.MIMEApplicationJSON}
	}
	t := f.Type
	if t.Kind() == reflect.Pointer {
		b.optional, t = true, t.Elem()
	}
	if t.Kind() != reflect.Struct {
		panic(fmt.Sprintf("web: the body of %s is no struct", op.ID))
	}
	b.schema = registry.Schema(t, true, op.ID+"Body")
	b.object = newCompiler(registry).object(t)
	if slices.Contains(b.media, fiber.MIMEApplicationForm) || slices.Contains(b.media, mimeMultipart) {
		b.object.takeForms()
	}
	return b
}

// read fills the Body field of in. It fails if the body cannot be read at all;
// what is wrong with single members goes to r.
func (b *body) read(req *request, in reflect.Value, r *report) error {
	dst := field(in, b.index)
	if b.optional {
		dst.Set(reflect.New(dst.Type().Elem()))
		dst = dst.Elem()
	}
	sent := req.c.Request().Body() // raw: Fiber's own Body() inflates
	switch req.media {
	case fiber.MIMEApplicationForm, mimeMultipart:
		values, err := formValues(req.c, req.media)
		if err != nil {
			return err
		}
		b.object.fromForm(values, dst, r)
	default:
		nuls, err := checkJSON(sent)
		if err != nil {
			return err
		}
		for _, at := range nuls {
			r.add(place{pointer: at}, fault{codeInvalid, "Must not contain U+0000."})
		}
		if !b.object.decode(dst, sent, "", r) {
			return nil // nothing was read that could be judged
		}
	}
	return r.judge(dst.Addr().Interface())
}
