package web

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// compiler makes the objects of body types, and corrects what huma's schemas
// say of them: which members are required is decided here.
type compiler struct {
	registry huma.Registry
	objects  map[reflect.Type]*object // also those still being made: types may be recursive
}

func newCompiler(registry huma.Registry) *compiler {
	return &compiler{registry: registry, objects: make(map[reflect.Type]*object)}
}

func (c *compiler) object(t reflect.Type) *object {
	if o, ok := c.objects[t]; ok {
		return o
	}
	o := &object{members: make(map[string]*member), required: make(map[string]bool)}
	c.objects[t] = o
	schema := c.component(t)
	schema.Required = nil
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" || f.Anonymous && name == "" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		o.members[name] = c.member(f, schema.Properties[name])
		o.names = append(o.names, name)
		if isRequired(f, options) {
			schema.Required = append(schema.Required, name)
			o.required[name] = true
		}
	}
	return o
}

// component returns the schema of t, which the document has already: huma adds
// what a body holds along with it. Types need not have a name of their own.
func (c *compiler) component(t reflect.Type) *huma.Schema {
	for name, schema := range c.registry.Map() {
		if c.registry.TypeFromRef(schemaPrefix+name) == t {
			return schema
		}
	}
	panic(fmt.Sprintf("web: the document knows nothing of %s", t))
}

// isRequired reports whether the member of f may not be missing.
func isRequired(f reflect.StructField, options string) bool {
	if tag, ok := f.Tag.Lookup("required"); ok {
		return tag == "true"
	}
	_, isOptional := optionalOf(f.Type)
	return !isOptional && f.Tag.Get("readOnly") != "true" &&
		!strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero")
}

func (c *compiler) member(f reflect.StructField, schema *huma.Schema) *member {
	m := &member{index: f.Index, ignored: f.Tag.Get("readOnly") == "true"}
	if m.ignored {
		return m
	}
	if schema == nil {
		panic(fmt.Sprintf("web: field %s cannot be read from JSON", f.Name))
	}
	m.value = f.Type
	if inner, ok := optionalOf(f.Type); ok {
		m.value = inner
	}
	m.nullable = f.Tag.Get("nullable") == "true"
	m.limits = limits{c.registry, schema}
	m.decode = c.decoder(m.value, m.limits)
	return m
}
