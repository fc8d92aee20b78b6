package password_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/password"
)

func TestCheck(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		password string
		want     []string
	}{
		"Good":              {"Correct-Horse-7", nil},
		"ShortestAndSimple": {"aB3defgh", nil},
		"Longest":           {"aB3" + strings.Repeat("x", 97), nil},
		"OtherAlphabets":    {"Пароль-٣-ключ", nil},
		"CharactersCount":   {"Äö3" + strings.Repeat("ü", 97), nil},
		"SpacesCount":       {" aB3 de ", nil},
		"Empty":             {"", []string{"too_short", "no_upper_case", "no_lower_case", "no_digit"}},
		"Short":             {"aB3defg", []string{"too_short"}},
		"Long":              {"aB3" + strings.Repeat("x", 98), []string{"too_long"}},
		"NoUpperCase":       {"ab3defgh", []string{"no_upper_case"}},
		"NoLowerCase":       {"AB3DEFGH", []string{"no_lower_case"}},
		"NoDigit":           {"aBcdefgh", []string{"no_digit"}},
		"Common":            {"Password123", []string{"too_common"}},
		"CommonInAnyCase":   {"qWeRtY123456", []string{"too_common"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var codes []string
			for _, f := range password.Check("/password", tt.password) {
				codes = append(codes, f.Code)
				require.Equal(t, "/password", f.Pointer)
				require.NotEmpty(t, f.Detail)
			}

			require.Equal(t, tt.want, codes)
		})
	}
}
