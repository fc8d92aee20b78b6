package token_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/token"
	"stockroom/pkg/token/tokentest"
)

func TestVerifierHasStartedWhenItCanDecide(t *testing.T) {
	t.Parallel()

	i := tokentest.New(t)
	require.Error(t, token.NewVerifier(i.Config()).Started(t.Context()))
	v := running(t, i.Config())
	require.Eventually(t, func() bool { return v.Started(t.Context()) == nil }, 10*time.Second, time.Millisecond)
}

func TestVerifierDoesNotStartForEver(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		v := token.NewVerifier(tokentest.New(t).Config())
		time.Sleep(6 * time.Second)
		require.Error(t, v.Started(t.Context()))
		time.Sleep(6 * time.Second)
		require.NoError(t, v.Started(t.Context()))
	})
}
