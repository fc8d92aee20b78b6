package secret_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/secret"
)

func TestCheck(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		value       string
		production  error
		development error
	}{
		"Random":         {"q8Zr2LxV0mT5cWn7KdYh3JpS6bUe9GaF", nil, nil},
		"Missing":        {"", secret.ErrMissing, secret.ErrMissing},
		"Blank":          {" \t", secret.ErrMissing, secret.ErrMissing},
		"Short":          {"q8Zr2LxV0mT5cWn7KdYh3JpS6bUe9Ga", secret.ErrShort, nil},
		"ChangeMe":       {"Change-me-q8Zr2LxV0mT5cWn7KdYh3JpS6bUe9GaF", secret.ErrKnown, nil},
		"Dev":            {"dev-q8Zr2LxV0mT5cWn7KdYh3JpS6bUe9GaF", secret.ErrKnown, nil},
		"Secret":         {"SECRET", secret.ErrKnown, nil},
		"LeaningOnAKey":  {strings.Repeat("a", 64), secret.ErrUniform, nil},
		"RepeatedDigits": {strings.Repeat("1234567", 8), secret.ErrUniform, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			require.ErrorIs(t, secret.Check("TOKEN", tt.value, true), tt.production)
			require.ErrorIs(t, secret.Check("TOKEN", tt.value, false), tt.development)
		})
	}
}

func TestCheckNamesTheSecretAndKeepsIt(t *testing.T) {
	t.Parallel()

	err := secret.Check("INTERNAL_TOKEN", "hunter2", true)

	require.EqualError(t, err, "INTERNAL_TOKEN is shorter than 32 bytes")
}
