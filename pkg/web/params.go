package web

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

// parameter is one field of an In type that is filled from the URL or a header.
type parameter struct {
	in       string // path, query or header
	name     string
	index    []int
	required bool
	schema   *huma.Schema
	set      textSetter
	limits   limits
	fallback string // what stands for an absent one
	hasValue bool   // whether fallback counts
}

func compileParameter(registry huma.Registry, f reflect.StructField, op Operation) parameter {
	p := parameter{index: f.Index}
	for _, in := range []string{"path", "query", "header"} {
		if name, ok := f.Tag.Lookup(in); ok {
			p.in, p.name = in, name
		}
	}
	if p.in == "" {
		panic(fmt.Sprintf("web: field %s of the input of %s is tagged neither path, query nor header", f.Name, op.ID))
	}
	if p.in == "path" && !strings.Contains(op.Path, "{"+p.name+"}") {
		panic(fmt.Sprintf("web: %s has no path parameter %s", op.ID, p.name))
	}
	p.schema = huma.SchemaFromField(registry, f, p.name)
	p.schema.Nullable = false // there is no way to write null there
	p.required = p.in == "path" || f.Tag.Get("required") == "true"
	p.set = textSetterOf(f.Type)
	p.limits = limits{registry, p.schema}
	p.fallback, p.hasValue = f.Tag.Lookup("default")
	if p.hasValue {
		if fault, err := p.set(reflect.New(f.Type).Elem(), p.fallback); fault != nil || err != nil {
			panic(fmt.Sprintf("web: the default of parameter %s of %s is not valid", p.name, op.ID))
		}
	}
	return p
}

// read fills the field of in, or reports what is wrong.
func (p *parameter) read(req *request, in reflect.Value, r *report) {
	values := p.values(req)
	at := place{parameter: p.name}
	dst := field(in, p.index)
	switch {
	case len(values) > 1:
		r.add(at, fault{codeRepeated, "Was sent more than once."})
		markSent(dst)
		return
	case len(values) == 0 && p.hasValue:
		_, _ = p.set(dst, p.fallback) // was tried before
		return
	case len(values) == 0 && p.required:
		r.add(at, fault{codeRequired, "Is required."})
		return
	case len(values) == 0:
		return
	}
	text := values[0]
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		r.add(at, fault{codeInvalid, "Is not valid text."})
		markSent(dst)
		return
	}
	setText(p.set, p.limits, dst, text, at, r)
}

// markSent notes that an optional parameter was there, so that nothing that
// looks at it later takes a refused one for a missing one.
func markSent(dst reflect.Value) {
	if o, ok := dst.Addr().Interface().(optional); ok {
		_, set, _ := o.slots()
		*set = true
	}
}

// setText sets dst to what text says, or reports what is wrong.
func setText(set textSetter, limits limits, dst reflect.Value, text string, at place, r *report) {
	wrong, err := set(dst, text)
	if err != nil {
		r.refused(at, err)
		return
	}
	if wrong == nil {
		wrong = limits.check(dst, text)
	}
	if wrong != nil {
		r.add(at, *wrong)
	}
}

func (p *parameter) values(req *request) []string {
	switch p.in {
	case "path":
		return []string{req.path(p.name)}
	case "query":
		return req.query[p.name]
	}
	var values []string
	for _, v := range req.c.Request().Header.PeekAll(p.name) {
		values = append(values, string(v))
	}
	return values
}

// pathValues returns the decoded path parameters.
func pathValues(c *fiber.Ctx) (map[string]string, error) {
	names := c.Route().Params
	if len(names) == 0 {
		return nil, nil
	}
	values := make(map[string]string, len(names))
	for _, name := range names {
		value, err := url.PathUnescape(c.Params(name))
		if err != nil {
			return nil, ErrMalformedRequest.Because("The path is not percent-encoded correctly.")
		}
		values[name] = value
	}
	return values, nil
}

// queryValues returns the decoded query.
func queryValues(c *fiber.Ctx) (map[string][]string, error) {
	raw := string(c.Context().URI().QueryString())
	if raw == "" {
		return nil, nil
	}
	values := make(map[string][]string)
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err == nil {
			value, err = url.QueryUnescape(value)
		}
		if err != nil {
			return nil, ErrMalformedRequest.Because("The query is not percent-encoded correctly.")
		}
		values[name] = append(values[name], value)
	}
	return values, nil
}
