package authtest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/services/auth"
)

// Hasher hashes at no cost, and nothing is hidden by it.
type Hasher struct{}

var _ auth.Hasher = Hasher{}

const (
	plain    = "plain$"
	outdated = "old$"
)

// Hash implements [auth.Hasher].
func (Hasher) Hash(_ context.Context, password string) (string, error) {
	return plain + password, nil
}

// Outdated returns a hash as it was made in former times.
func (Hasher) Outdated(password string) string {
	return outdated + password
}

// Verify implements [auth.Hasher].
func (Hasher) Verify(_ context.Context, password, hash string) (match bool, better string, err error) {
	if hash == plain+password {
		return true, "", nil
	}
	if hash == outdated+password {
		return true, plain + password, nil
	}
	return false, "", nil
}

// TestHasher checks the contract of [auth.Hasher].
func TestHasher(t *testing.T, h auth.Hasher) {
	passwords := []string{
		"", "Correct-Horse-7", "correct-horse-7", "nul\x00one", "nul\x00two", "Пароль",
		strings.Repeat("x", 72) + "one", strings.Repeat("x", 72) + "two",
	}
	for i, password := range passwords {
		hash, err := h.Hash(t.Context(), password)
		require.NoError(t, err)
		for j, other := range passwords {
			match, better, err := h.Verify(t.Context(), other, hash)
			require.NoError(t, err)
			require.Equal(t, i == j, match, "%q and %q", password, other)
			require.Empty(t, better)
		}
	}
	match, better, err := h.Verify(t.Context(), "", "")
	require.NoError(t, err)
	require.False(t, match, "an empty hash matches nothing")
	require.Empty(t, better)
}

func fields(err error) []errs.Field {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return nil
	}
	return e.Fields
}
