package auth

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Origin says where a request comes from. All of it may be empty.
type Origin struct {
	Address   string // of the client
	Device    string // as [DeviceOf] names it
	RequestID string
}

// maxDevice is in characters. What tells browsers apart comes before it.
const maxDevice = 200

// DeviceOf returns what people are shown of the User-Agent of their device: at
// most 200 characters on one line, whatever was sent.
func DeviceOf(userAgent string) string {
	var b strings.Builder
	n := 0
	for _, word := range strings.FieldsFunc(userAgent, func(c rune) bool { return unicode.IsSpace(c) || !unicode.IsPrint(c) }) {
		word = strings.ReplaceAll(strings.ToValidUTF8(word, ""), string(utf8.RuneError), "")
		if n > 0 && word != "" {
			word = " " + word
		}
		for _, c := range word {
			if n == maxDevice {
				return strings.TrimRight(b.String(), " ")
			}
			b.WriteRune(c)
			n++
		}
	}
	return b.String()
}
