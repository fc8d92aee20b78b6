package bcrypthash_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"

	"stockroom/services/auth/adapters/bcrypthash"
	"stockroom/services/auth/authtest"
)

func open(t *testing.T, slots int) *bcrypthash.Hasher {
	t.Helper()
	h, err := bcrypthash.New([]byte("pepper"), bcrypt.MinCost, slots, false)
	require.NoError(t, err)
	return h
}

func TestHasher(t *testing.T) {
	t.Parallel()

	for _, aside := range []bool{false, true} {
		h, err := bcrypthash.New([]byte("pepper"), bcrypt.MinCost, 2, aside)
		require.NoError(t, err)
		authtest.TestHasher(t, h)
	}
}

func TestHashNamesItsSchemeAndIsSalted(t *testing.T) {
	t.Parallel()
	h := open(t, 1)

	one, err := h.Hash(t.Context(), "Correct-Horse-7")
	require.NoError(t, err)
	two, err := h.Hash(t.Context(), "Correct-Horse-7")
	require.NoError(t, err)

	require.True(t, strings.HasPrefix(one, "bcrypt-hmac-sha256$2a$04$"), one)
	require.NotEqual(t, one, two)
}

func TestAnotherPepperMatchesNothing(t *testing.T) {
	t.Parallel()
	other, err := bcrypthash.New([]byte("other"), bcrypt.MinCost, 1, false)
	require.NoError(t, err)
	hash, err := other.Hash(t.Context(), "Correct-Horse-7")
	require.NoError(t, err)

	match, _, err := open(t, 1).Verify(t.Context(), "Correct-Horse-7", hash)

	require.NoError(t, err)
	require.False(t, match)
}

func TestHashesOfOtherTimesMatchAndAreBettered(t *testing.T) {
	t.Parallel()
	h := open(t, 1)
	plain, err := bcrypt.GenerateFromPassword([]byte("Correct-Horse-7"), bcrypt.MinCost)
	require.NoError(t, err)
	costly, err := bcrypthash.New([]byte("pepper"), bcrypt.MinCost+1, 1, false)
	require.NoError(t, err)
	dearer, err := costly.Hash(t.Context(), "Correct-Horse-7")
	require.NoError(t, err)

	for name, hash := range map[string]string{
		"2a":        string(plain),
		"2b":        strings.Replace(string(plain), "$2a$", "$2b$", 1),
		"OtherCost": dearer,
	} {
		match, better, err := h.Verify(t.Context(), "Correct-Horse-7", hash)
		require.NoError(t, err, name)
		require.True(t, match, name)
		match, again, err := h.Verify(t.Context(), "Correct-Horse-7", better)
		require.NoError(t, err, name)
		require.True(t, match, name)
		require.Empty(t, again, name)
		match, better, err = h.Verify(t.Context(), "Wrong-Horse-7", hash)
		require.NoError(t, err, name)
		require.False(t, match, name)
		require.Empty(t, better, name)
	}
}

func TestUnknownSchemeIsAnErrorThatDoesNotRepeatIt(t *testing.T) {
	t.Parallel()

	_, _, err := open(t, 1).Verify(t.Context(), "Correct-Horse-7", "argon2$something-secret-that-is-long-enough-to-be-a-hash-of-bcrypt-1234567")

	require.Error(t, err)
	require.NotContains(t, err.Error(), "something-secret")
}

func TestUsableHashes(t *testing.T) {
	t.Parallel()
	made, err := bcrypt.GenerateFromPassword([]byte("Correct-Horse-7"), bcrypt.MinCost)
	require.NoError(t, err)
	hash := string(made)
	for _, version := range []string{"$2a$", "$2b$", "$2y$"} {
		usable := version + hash[4:]
		require.True(t, bcrypthash.Usable(usable), usable)
		match, better, err := open(t, 1).Verify(t.Context(), "Correct-Horse-7", usable)
		require.NoError(t, err)
		require.True(t, match)
		require.NotEmpty(t, better)
	}
	for _, useless := range []string{
		"", "Correct-Horse-7", hash[:59], hash + "x", "$2x$" + hash[4:], "$2b$31" + hash[6:], "$2b$03" + hash[6:], hash[:30] + "!" + hash[31:],
		"$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaA",
	} {
		require.False(t, bcrypthash.Usable(useless), useless)
	}
}
