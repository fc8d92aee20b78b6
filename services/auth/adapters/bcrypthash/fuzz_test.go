package bcrypthash_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"

	"stockroom/services/auth/adapters/bcrypthash"
)

// A hash of another system that is taken can be compared with, in a time that is
// known; what is stored and cannot be is told apart from a wrong password.
func FuzzHash(f *testing.F) {
	good, err := bcrypt.GenerateFromPassword([]byte("Correct-Horse-7"), bcrypt.MinCost)
	require.NoError(f, err)
	f.Add(string(good))
	f.Add("bcrypt-hmac-sha256" + string(good))
	f.Add("$2b$31$" + string(good[7:]))
	f.Add("$2b$04$short")
	f.Add("$2x$04$" + string(good[7:]))
	f.Add("")
	h, err := bcrypthash.New([]byte("pepper"), bcrypt.MinCost, 2, false)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, hash string) {
		usable := bcrypthash.Usable(hash)
		cost, err := bcrypt.Cost([]byte(hash))
		if usable {
			require.NoError(t, err)
			require.LessOrEqual(t, cost, 16)
		}
		if cost > bcrypt.MinCost+1 {
			return // it would take long, which is what cost is for
		}
		match, better, err := h.Verify(t.Context(), "Correct-Horse-7", hash)
		require.False(t, usable && err != nil, "%q: %v", hash, err)
		require.False(t, err != nil && match)
		require.True(t, better == "" || match)
	})
}
