package authtest

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func vaultKeepsTheFirst(t *testing.T, s Stores) {
	kept, failures := make([][]byte, 8), make([]error, 8)
	var wg sync.WaitGroup
	for i := range kept {
		wg.Go(func() { kept[i], failures[i] = s.Vault.Keep(t.Context(), []byte{0, 255, byte(i)}) })
	}
	wg.Wait()
	for i := range kept {
		require.NoError(t, failures[i])
		require.Len(t, kept[i], 3)
		require.Equal(t, kept[0], kept[i])
	}
}

func vaultReplacesOnlyTheOld(t *testing.T, s Stores) {
	first, err := s.Vault.Keep(t.Context(), []byte("first"))
	require.NoError(t, err)
	require.Equal(t, "first", string(first))

	require.NoError(t, s.Vault.Replace(t.Context(), []byte("first"), []byte("second")))
	require.NoError(t, s.Vault.Replace(t.Context(), []byte("first"), []byte("too late")))

	now, err := s.Vault.Keep(t.Context(), []byte("new"))
	require.NoError(t, err)
	require.Equal(t, "second", string(now))
}
