package apidoc

import (
	"reflect"
	"strings"
	"unicode"
)

// ref is where a component stands: "#/components/schemas/Page".
type ref = string

func refOf(section, name string) ref { return "#/components/" + section + "/" + name }

// findClashes returns the components that documents share by name but not by
// meaning: they differ, or something that they refer to does.
func findClashes(docs []document) map[ref]bool {
	first, clashes := map[ref]any{}, map[ref]bool{}
	each(docs, func(r ref, value any) {
		if other, ok := first[r]; ok && !reflect.DeepEqual(other, value) {
			clashes[r] = true
		}
		first[r] = value
	})
	for grown := true; grown; {
		grown = false
		each(docs, func(r ref, value any) {
			if !clashes[r] && mentions(value, clashes) {
				clashes[r], grown = true, true
			}
		})
	}
	return clashes
}

func each(docs []document, see func(ref, any)) {
	for _, d := range docs {
		for section, named := range d.components() {
			for name, value := range named {
				see(refOf(section, name), value)
			}
		}
	}
}

// mentions reports whether value refers to one of refs.
func mentions(value any, refs map[ref]bool) bool {
	found := false
	walk(value, func(r ref) ref {
		found = found || refs[r]
		return r
	})
	return found
}

// rename gives d's clashing components names of their own, wherever d refers to them.
func (d document) rename(clashes map[ref]bool) {
	for section, named := range d.components() {
		for name, value := range named {
			if clashes[refOf(section, name)] {
				delete(named, name)
				named[d.own(name)] = value
			}
		}
	}
	walk(d.root, func(r ref) ref {
		if !clashes[r] {
			return r
		}
		i := strings.LastIndexByte(r, '/') + 1
		return r[:i] + d.own(r[i:])
	})
}

// own returns name with d's name before it: "UsersPage".
func (d document) own(name string) string {
	runes := []rune(d.name)
	if len(runes) > 0 {
		runes[0] = unicode.ToUpper(runes[0])
	}
	return string(runes) + name
}

// walk replaces every reference in value by what change makes of it.
func walk(value any, change func(ref) ref) {
	switch v := value.(type) {
	case object:
		for key, inner := range v {
			if r, ok := inner.(string); ok && key == "$ref" {
				v[key] = change(r)
				continue
			}
			walk(inner, change)
		}
	case []any:
		for _, inner := range v {
			walk(inner, change)
		}
	}
}
