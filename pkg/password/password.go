// Package password holds the rules that a new password must keep.
package password

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"stockroom/pkg/errs"
)

// The length of a password in characters.
const (
	MinLength = 8
	MaxLength = 100
)

// common.txt holds passwords that are tried first by everybody, in lower case.
// Only those are in it that could pass the other rules.
//
//go:embed common.txt
var commonText string

var common = sync.OnceValue(func() map[string]struct{} {
	words := make(map[string]struct{})
	for word := range strings.Lines(commonText) {
		words[strings.TrimSpace(word)] = struct{}{}
	}
	return words
})

// Check returns one field with the given pointer for each rule that the
// password breaks, and none for a good one. It is for new passwords only: a
// sign-in must not tell what passwords look like.
func Check(pointer, password string) []errs.Field {
	var fields []errs.Field
	refuse := func(code, detail string) {
		fields = append(fields, errs.Field{Pointer: pointer, Code: code, Detail: detail})
	}
	switch n := utf8.RuneCountInString(password); {
	case n < MinLength:
		refuse("too_short", "Must have at least 8 characters.")
	case n > MaxLength:
		refuse("too_long", "Must have at most 100 characters.")
	}
	if !strings.ContainsFunc(password, unicode.IsUpper) {
		refuse("no_upper_case", "Must have an upper-case letter.")
	}
	if !strings.ContainsFunc(password, unicode.IsLower) {
		refuse("no_lower_case", "Must have a lower-case letter.")
	}
	if !strings.ContainsFunc(password, unicode.IsDigit) {
		refuse("no_digit", "Must have a digit.")
	}
	if _, ok := common()[strings.ToLower(password)]; ok {
		refuse("too_common", "Must not be one of the most common passwords.")
	}
	return fields
}
