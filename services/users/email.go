package users

import (
	"strings"
	"unicode"

	"stockroom/pkg/errs"
)

// Email is an address, trimmed and otherwise as it was sent. Two accounts never
// have addresses that differ in letter case only.
type Email string

const (
	maxEmail = 254 // bytes: longer ones cannot be delivered to (RFC 5321)
	maxLocal = 64
	maxLabel = 63
)

// ParseEmail returns s as an address, or a validation failure.
func ParseEmail(s string) (Email, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return "", emailProblem("required", "Must not be empty.")
	case len(s) > maxEmail:
		return "", emailProblem("too_long", "Must have at most 254 bytes.")
	case !isAddress(s):
		return "", emailProblem("invalid", "Must be an email address.")
	}
	return Email(s), nil
}

func emailProblem(code, detail string) error {
	return errs.Validation(errs.Field{Pointer: "/email", Code: code, Detail: detail})
}

// isAddress takes what people are given as addresses: no quoted local parts, no
// comments and no IP addresses, but letters of every script.
func isAddress(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > maxLocal {
		return false
	}
	for atom := range strings.SplitSeq(s[:at], ".") {
		if atom == "" || strings.ContainsFunc(atom, notLocal) {
			return false
		}
	}
	labels := strings.Split(s[at+1:], ".")
	for _, label := range labels {
		if !isLabel(label) {
			return false
		}
	}
	top := labels[len(labels)-1]
	return len(labels) > 1 && strings.ContainsFunc(top, unicode.IsLetter)
}

func isLabel(s string) bool {
	return s != "" && len(s) <= maxLabel && s[0] != '-' && s[len(s)-1] != '-' &&
		!strings.ContainsFunc(s, func(r rune) bool { return r != '-' && !isWord(r) })
}

func notLocal(r rune) bool {
	return !isWord(r) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
}

func isWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}
