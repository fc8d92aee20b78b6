package users

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"stockroom/pkg/errs"
)

// Username is the name someone signs in with, trimmed and otherwise as it was
// sent. Two accounts never have names that differ in letter case only.
type Username string

const (
	minUsername = 3 // characters
	maxUsername = 100
)

// ParseUsername returns s as the name of a new account or the new name of an
// old one, or a validation failure. Accounts that came from elsewhere may have
// names that would be refused here; they keep them.
func ParseUsername(s string) (Username, error) {
	s = strings.TrimSpace(s)
	switch n := utf8.RuneCountInString(s); {
	case n == 0:
		return "", usernameProblem("required", "Must not be empty.")
	case n < minUsername:
		return "", usernameProblem("too_short", "Must have at least 3 characters.")
	case n > maxUsername:
		return "", usernameProblem("too_long", "Must have at most 100 characters.")
	case strings.ContainsFunc(s, notInUsername):
		return "", usernameProblem("invalid", "Must not contain @, blanks or control characters.")
	}
	return Username(s), nil
}

func usernameProblem(code, detail string) error {
	return errs.Validation(errs.Field{Pointer: "/username", Code: code, Detail: detail})
}

func notInUsername(r rune) bool {
	return r == '@' || unicode.IsSpace(r) || unicode.IsControl(r)
}
