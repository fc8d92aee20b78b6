package users_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"stockroom/services/users"
)

// An address that is taken is one line, has two sides, and is taken again.
func FuzzEmail(f *testing.F) {
	for _, seed := range []string{"ada@example.com", " a.b+c@x-y.example ", "a@b", "\"a b\"@example.com", "a@[127.0.0.1]", "ä@ö.example", "a\r\nBcc: b@c.example", "a@b.example\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		email, err := users.ParseEmail(sent)
		if err != nil {
			return
		}
		text := string(email)
		require.True(t, utf8.ValidString(text))
		require.LessOrEqual(t, len(text), 254)
		require.Equal(t, 1, strings.Count(text, "@"))
		require.False(t, strings.ContainsFunc(text, func(c rune) bool {
			return unicode.IsSpace(c) || unicode.IsControl(c) || strings.ContainsRune(`<>"(),:;\[]`, c)
		}))
		again, err := users.ParseEmail(text)
		require.NoError(t, err)
		require.Equal(t, email, again)
	})
}

// A name that is taken can be stored and shown, is no address, and is taken again.
func FuzzUsername(f *testing.F) {
	for _, seed := range []string{"ada", " ada ", "a d a", "a@da", "ad\x00a", "Ä日本", "ad\xffa", strings.Repeat("a", 101)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		name, err := users.ParseUsername(sent)
		if err != nil {
			return
		}
		text := string(name)
		require.False(t, strings.ContainsFunc(text, func(c rune) bool { return c == '@' || unicode.IsSpace(c) || unicode.IsControl(c) }))
		require.LessOrEqual(t, utf8.RuneCountInString(text), 100)
		again, err := users.ParseUsername(text)
		require.NoError(t, err)
		require.Equal(t, name, again)
	})
}
