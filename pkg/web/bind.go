package web

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

// binder fills values of one In type from requests. It is made once, when the
// operation is registered.
type binder struct {
	params []parameter
	body   *body // nil if the operation takes none
}

// compile makes the binder of in, which is the In type of op.
func compile(registry huma.Registry, in reflect.Type, op Operation) *binder {
	if in.Kind() != reflect.Struct {
		panic(fmt.Sprintf("web: the input of %s is no struct", op.ID))
	}
	b := new(binder)
	for _, f := range reflect.VisibleFields(in) {
		switch {
		case f.Anonymous || !f.IsExported():
		case f.Name == "Body":
			b.body = compileBody(registry, f, op)
		default:
			b.params = append(b.params, compileParameter(registry, f, op))
		}
	}
	b.coverPath(op)
	return b
}

// coverPath makes sure that every parameter of the path is read and documented.
func (b *binder) coverPath(op Operation) {
	for _, segment := range strings.Split(op.Path, "/") {
		name, ok := strings.CutPrefix(segment, "{")
		name = strings.TrimSuffix(name, "}")
		if ok && !slices.ContainsFunc(b.params, func(p parameter) bool { return p.in == "path" && p.name == name }) {
			panic(fmt.Sprintf("web: the input of %s has no field for path parameter %s", op.ID, name))
		}
	}
	if self := op.Access.Self; self != "" && !strings.Contains(op.Path, "{"+self+"}") {
		panic(fmt.Sprintf("web: %s lets in by path parameter %s, which it does not have", op.ID, self))
	}
}

// request is what has been read of one request so far.
type request struct {
	c     *fiber.Ctx
	path  func(name string) string
	query map[string][]string
	media string // of the body; empty if there is none to read
}

// open checks what can be checked without knowing the caller: encoding, media
// type, and whether the URL can be read.
func (b *binder) open(c *fiber.Ctx) (*request, error) {
	media, err := b.media(c)
	if err != nil {
		return nil, err
	}
	path, err := pathValues(c)
	if err != nil {
		return nil, err
	}
	query, err := queryValues(c)
	if err != nil {
		return nil, err
	}
	lookup := func(name string) string { return path[name] }
	return &request{c: c, path: lookup, query: query, media: media}, nil
}

// bind fills in from the request, or says everything that is wrong with it.
func (b *binder) bind(req *request, in reflect.Value) error {
	var r report
	if b.body != nil && req.media != "" {
		// Syntax comes before everything else, so the body is read first.
		if err := b.body.read(req, in, &r); err != nil {
			return err
		}
	}
	var params report
	for _, p := range b.params {
		p.read(req, in, &params)
	}
	params.merge(r.fields...)
	if err := params.judge(in.Addr().Interface()); err != nil {
		return err
	}
	return params.err()
}
