package auth_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

func TestDeviceIsFitToBeShown(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct{ sent, want string }{
		"Nothing":    {"", ""},
		"Browser":    {"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"},
		"OtherWords": {"Магазин/1.0 日本", "Магазин/1.0 日本"},
		"Blanks":     {"  a \t b\u00a0\u2003c  ", "a b c"},
		"Controls":   {"a\x00b\x1b[31mc\u009bd\r\nSet-Cookie: e", "a b [31mc d Set-Cookie: e"},
		"Invisible":  {"a\u202eb\u200bc\ufeffd", "a b c d"},
		"NoUTF8":     {"a\xffb\xc3", "ab"},
		"Long":       {strings.Repeat("ä", 300), strings.Repeat("ä", 200)},
		"LongWords":  {strings.Repeat("a ", 300), strings.TrimSpace(strings.Repeat("a ", 100))},
	} {
		require.Equal(t, tt.want, auth.DeviceOf(tt.sent), name)
	}
}

func FuzzDevice(f *testing.F) {
	f.Add("Firefox \xff\x00 \u202e" + strings.Repeat("x ", 150))
	f.Fuzz(func(t *testing.T, sent string) {
		got := auth.DeviceOf(sent)
		require.True(t, utf8.ValidString(got))
		require.LessOrEqual(t, utf8.RuneCountInString(got), 200)
		require.False(t, strings.ContainsFunc(got, func(c rune) bool { return !unicode.IsPrint(c) }))
		require.Equal(t, strings.TrimSpace(got), got)
		require.Equal(t, got, auth.DeviceOf(got))
	})
}
