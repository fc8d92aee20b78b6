package catalog

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"stockroom/pkg/errs"
)

// rules collects what is wrong with a request, so that all of it can be
// answered at once.
type rules []errs.Field

func (r *rules) add(pointer, code, format string, args ...any) {
	*r = append(*r, errs.Field{Pointer: pointer, Code: code, Detail: fmt.Sprintf(format, args...)})
}

func (r *rules) length(pointer, text string, least, most int) {
	switch n := utf8.RuneCountInString(text); {
	case !storable(text):
		r.add(pointer, "invalid", "Must be valid UTF-8 without U+0000.")
	case n < least:
		r.add(pointer, "too_short", "Must have at least %d characters.", least)
	case n > most:
		r.add(pointer, "too_long", "Must have at most %d characters.", most)
	}
}

func (r *rules) size(pointer, text string, most int) {
	switch {
	case !storable(text):
		r.add(pointer, "invalid", "Must be valid UTF-8 without U+0000.")
	case len(text) > most:
		r.add(pointer, "too_long", "Must have at most %d bytes.", most)
	}
}

func (r *rules) price(pointer string, p Price) {
	if !p.valid() {
		r.add(pointer, "out_of_range", "Must be between 0 and %s.", MaxPrice)
	}
}

func (r *rules) stock(pointer string, n int64) {
	if n < 0 || n > MaxStock {
		r.add(pointer, "out_of_range", "Must be between 0 and %d.", MaxStock)
	}
}

// storable reports whether every database can hold text: PostgreSQL refuses
// U+0000 and malformed UTF-8.
func storable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsRune(text, 0)
}
