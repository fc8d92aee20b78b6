package users_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/services/users"
)

func TestParseEmail(t *testing.T) {
	t.Parallel()

	long := strings.Repeat("a", 64) + "@" + strings.Repeat(strings.Repeat("b", 61)+".", 3)
	for in, want := range map[string]string{
		"ada@example.com":                        "",
		"Ada.Lovelace+x@Sub.Example.UK":          "",
		"o'hara_1@ex-ample.com":                  "",
		"jürgen@müller.de":                       "",
		"用户@例子.中国":                               "",
		long + "com":                             "", // 254 bytes
		"":                                       "required",
		"   ":                                    "required",
		long + "comx":                            "too_long",
		"ada":                                    "invalid",
		"@example.com":                           "invalid",
		"ada@":                                   "invalid",
		"ada@localhost":                          "invalid",
		"ada@127.0.0.1":                          "invalid",
		"ada@[127.0.0.1]":                        "invalid",
		"a@b@example.com":                        "invalid",
		".ada@example.com":                       "invalid",
		"ada.@example.com":                       "invalid",
		"a..b@example.com":                       "invalid",
		"ada@example..com":                       "invalid",
		"ada@-example.com":                       "invalid",
		"ada@example-.com":                       "invalid",
		"ada@exa_mple.com":                       "invalid",
		"ada lovelace@example.com":               "invalid",
		"Ada <ada@example.com>":                  "invalid",
		`"ada"@example.com`:                      "invalid",
		"ada@exam\nple.com":                      "invalid",
		strings.Repeat("a", 65) + "@example.com": "invalid",
		"ada@" + strings.Repeat("b", 64) + ".com": "invalid",
	} {
		t.Run(in, func(t *testing.T) {
			t.Parallel()

			got, err := users.ParseEmail(in)
			requireField(t, err, "/email", want)
			if want == "" {
				require.Equal(t, users.Email(in), got)
			}
		})
	}
}

func TestParsedEmailIsTrimmedAndAsSent(t *testing.T) {
	t.Parallel()

	got, err := users.ParseEmail("\t Ada@Example.COM\u00a0")
	require.NoError(t, err)
	require.Equal(t, users.Email("Ada@Example.COM"), got)
}

// requireField checks that err is a validation failure of one field with the
// code want, or nil if want is empty.
func requireField(t *testing.T, err error, pointer, want string) {
	t.Helper()

	if want == "" {
		require.NoError(t, err)
		return
	}
	require.ErrorIs(t, err, errs.ErrValidation)
	e, ok := errors.AsType[*errs.Error](err)
	require.True(t, ok)
	require.Len(t, e.Fields, 1)
	require.Equal(t, pointer, e.Fields[0].Pointer)
	require.Equal(t, want, e.Fields[0].Code)
}
