package users_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/users"
)

func TestParseUsername(t *testing.T) {
	t.Parallel()

	for in, want := range map[string]string{
		"ada":                    "",
		"Ada-Lovelace_1.x":       "",
		"Пётр":                   "",
		"世界人":                    "",
		strings.Repeat("ü", 100): "",
		"":                       "required",
		" \t ":                   "required",
		"ad":                     "too_short",
		"  ad  ":                 "too_short",
		strings.Repeat("ü", 101): "too_long",
		"ada@example":            "invalid",
		"ada lovelace":           "invalid",
		"ada\u00a0lovelace":      "invalid",
		"ada\u2003lovelace":      "invalid",
		"ada\tlovelace":          "invalid",
		"ada\x7f":                "invalid",
		"ada\u0085x":             "invalid",
	} {
		t.Run(in, func(t *testing.T) {
			t.Parallel()

			got, err := users.ParseUsername(in)
			requireField(t, err, "/username", want)
			if want == "" {
				require.Equal(t, users.Username(in), got)
			}
		})
	}
}

func TestParsedUsernameIsTrimmed(t *testing.T) {
	t.Parallel()

	got, err := users.ParseUsername("  Ada\n")
	require.NoError(t, err)
	require.Equal(t, users.Username("Ada"), got)
}

func TestParseRole(t *testing.T) {
	t.Parallel()

	for in, want := range map[string]string{
		"admin": "", "user": "", "": "enum", "Admin": "enum", "root": "enum", "admin ": "enum",
	} {
		_, err := users.ParseRole(in)
		requireField(t, err, "/role", want)
	}
	for role := range users.Permissions() {
		_, err := users.ParseRole(role)
		require.NoError(t, err, "permissions are given to roles that exist")
	}
	require.Len(t, users.Permissions(), 2)
}
