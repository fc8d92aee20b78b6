package auth

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Only what was made is taken for a refresh token, in its one spelling.
func FuzzRefreshToken(f *testing.F) {
	secrets, err := Derive("a root that is only for this test")
	require.NoError(f, err)
	good := secrets.refreshToken("0190f3a1-7a00-7000-8000-000000000001", 7)
	f.Add(good)
	f.Add("0190f3a1-7a00-7000-8000-000000000001.+7" + good[38:])
	f.Add("..")
	f.Add("a.9223372036854775808.b")
	f.Fuzz(func(t *testing.T, raw string) {
		id, generation, err := secrets.readRefreshToken(raw)
		if err != nil {
			require.ErrorIs(t, err, ErrInvalidRefreshToken)
			require.NotEqual(t, good, raw)
			return
		}
		require.Equal(t, secrets.refreshToken(id, generation), raw)
	})
}
