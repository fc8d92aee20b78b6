// Package apidoc makes one OpenAPI document of those that the services
// generate, and keeps it current.
package apidoc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Part is the document of one service.
type Part struct {
	Name string // told apart by it: "users"
	JSON []byte
}

type object = map[string]any

// Merge returns one document that describes what all parts do. Title, version
// and servers are those of base, which describes what the gateway does itself.
// Components of the same name are shared where they are equal, and else renamed
// after their service.
func Merge(base []byte, parts ...Part) ([]byte, error) {
	merged, err := decode(base)
	if err != nil {
		return nil, fmt.Errorf("base document: %w", err)
	}
	docs := []document{{"", merged}}
	for _, p := range parts {
		doc, err := decode(p.JSON)
		if err != nil {
			return nil, fmt.Errorf("document of %s: %w", p.Name, err)
		}
		docs = append(docs, document{p.Name, doc})
	}
	clashes := findClashes(docs)
	operations := map[string]bool{}
	said := docs[0].components()["responses"]
	for i := range docs {
		docs[i].rename(clashes)
		docs[i].settle(operations)
		if i == 0 {
			continue
		}
		docs[i].expect(said)
		if err := docs[i].addTo(merged); err != nil {
			return nil, fmt.Errorf("document of %s: %w", docs[i].name, err)
		}
	}
	out, err := json.Marshal(merged)
	if err != nil {
		return nil, fmt.Errorf("merged document: %w", err)
	}
	return out, nil
}

func decode(doc []byte) (object, error) {
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber() // limits stay as they were written
	var o object
	if err := dec.Decode(&o); err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	if o["openapi"] == nil {
		return nil, fmt.Errorf("decode: not an OpenAPI document")
	}
	return o, nil
}

// document is a service's document while it is merged.
type document struct {
	name string
	root object
}

// component returns what the document's components hold, by section and name.
func (d document) components() map[string]object {
	sections := map[string]object{}
	all, _ := d.root["components"].(object)
	for section, named := range all {
		if o, ok := named.(object); ok {
			sections[section] = o
		}
	}
	return sections
}

// settle makes operations independent of the document around them: security
// that it declares for all, and ids that another document uses too.
func (d document) settle(taken map[string]bool) {
	for _, item := range d.paths() {
		for _, op := range operationsOf(item) {
			if all, ok := d.root["security"]; ok && op["security"] == nil {
				op["security"] = all
			}
			id, _ := op["operationId"].(string)
			if taken[id] {
				id = d.name + "-" + id
				op["operationId"] = id
			}
			taken[id] = id != ""
		}
	}
	delete(d.root, "security")
}

// instead is what the gateway may answer in place of a service, by status: the
// names of responses in the base document.
var instead = map[string]string{"default": "Problem", "429": "RateLimited", "503": "Overloaded"}

// expect adds to every operation what the gateway may answer in its place, as
// far as said, the responses of the base document, tells what that looks like.
func (d document) expect(said object) {
	for _, item := range d.paths() {
		for _, op := range operationsOf(item) {
			responses := child(op, "responses")
			for status, name := range instead {
				ours, ok := said[name].(object)
				if !ok {
					continue
				}
				theirs, ok := responses[status].(object)
				if !ok {
					responses[status] = object{"$ref": refOf("responses", name)}
				} else if theirs["$ref"] == nil && status != "default" {
					join(theirs, ours)
				}
			}
		}
	}
}

// join has a response of a service say what one of the gateway with the same
// status says.
func join(theirs, ours object) {
	text, _ := theirs["description"].(string)
	more, _ := ours["description"].(string)
	if code, _, _ := strings.Cut(more, ":"); !strings.Contains(text, code) {
		theirs["description"] = text + "; " + more
	}
	headers := child(theirs, "headers")
	added, _ := ours["headers"].(object)
	for name, header := range added {
		if headers[name] == nil {
			headers[name] = header
		}
	}
}

func (d document) paths() object {
	paths, _ := d.root["paths"].(object)
	return paths
}

// addTo adds the paths, components and tags of d to merged.
func (d document) addTo(merged object) error {
	paths := child(merged, "paths")
	for path, item := range d.paths() {
		methods, ok := item.(object)
		if !ok {
			return fmt.Errorf("%s is no path", path)
		}
		for method, op := range methods {
			if _, ok := child(paths, path)[method]; ok {
				return fmt.Errorf("%s %s is somebody else's", strings.ToUpper(method), path)
			}
			child(paths, path)[method] = op
		}
	}
	for section, named := range d.components() {
		maps.Copy(child(child(merged, "components"), section), named)
	}
	tags, _ := merged["tags"].([]any)
	more, _ := d.root["tags"].([]any)
	for _, tag := range more {
		if !slices.ContainsFunc(tags, func(t any) bool { return nameOf(t) == nameOf(tag) }) {
			tags = append(tags, tag)
		}
	}
	if tags != nil {
		merged["tags"] = tags
	}
	return nil
}

func child(o object, name string) object {
	c, ok := o[name].(object)
	if !ok {
		c = object{}
		o[name] = c
	}
	return c
}

func nameOf(tag any) any {
	o, _ := tag.(object)
	return o["name"]
}

func operationsOf(item any) []object {
	var ops []object
	methods, _ := item.(object)
	for _, method := range []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"} {
		if op, ok := methods[method].(object); ok {
			ops = append(ops, op)
		}
	}
	return ops
}
