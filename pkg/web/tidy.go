package web

import (
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

// tidy corrects what huma says of null: lists are never null here, in neither
// direction (see [writeJSON]), and whatever else may be null must say so where
// a type or an enumeration alone would exclude it.
func tidy(s *huma.Schema) {
	if s == nil {
		return
	}
	switch {
	case s.Type == huma.TypeArray:
		s.Nullable = false
	case s.Nullable && s.Type == "":
		inner := *s
		inner.Nullable = false
		*s = huma.Schema{AnyOf: []*huma.Schema{&inner, {Type: "null"}}}
	case s.Nullable && len(s.Enum) > 0 && !slices.Contains(s.Enum, nil):
		s.Enum = append(s.Enum, nil)
	}
	tidy(s.Items)
	for _, p := range s.Properties {
		tidy(p)
	}
	if more, ok := s.AdditionalProperties.(*huma.Schema); ok {
		tidy(more)
	}
}
