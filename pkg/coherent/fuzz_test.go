package coherent_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/coherent"
)

// Each key has one text, and no text is that of two keys.
func FuzzKey(f *testing.F) {
	f.Add("p:1", "a")
	f.Add("q:p:1", "p:1")
	f.Add("", ":")
	f.Fuzz(func(t *testing.T, text, inner string) {
		if key, ok := coherent.ParseKey(text); ok {
			require.Equal(t, text, key.String())
		}
		for _, key := range []coherent.Key{coherent.Item(inner), coherent.List(inner)} {
			back, ok := coherent.ParseKey(key.String())
			require.True(t, ok)
			require.Equal(t, key, back)
		}
		require.NotEqual(t, coherent.Item(inner).String(), coherent.List(inner).String())
	})
}
