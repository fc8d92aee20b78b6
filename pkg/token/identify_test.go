package token_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/token"
	"stockroom/pkg/token/tokentest"
)

// A token that was found good is judged anew each time.
func TestCallersAreIdentified(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		i := tokentest.New(t)
		v := running(t, i.Config())
		users := []string{uuid.NewString(), uuid.NewString()}
		var shown []string
		for _, account := range users {
			claims := tokentest.Claims(account, "user")
			claims.Session = account
			shown = append(shown, "Bearer "+i.Sign(t, claims))
		}
		identify := func(changes bool, headers ...string) (string, error) {
			var values [][]byte
			for _, h := range headers {
				values = append(values, []byte(h))
			}
			caller, err := v.Identify(t.Context(), values, changes)
			return caller.Account, err
		}
		is := func(user int) {
			for range 2 {
				account, err := identify(true, shown[user])
				require.NoError(t, err)
				require.Equal(t, users[user], account)
			}
		}
		refused := func(want error, headers ...string) {
			for range 2 {
				account, err := identify(false, headers...)
				require.ErrorIs(t, err, want)
				require.Empty(t, account)
			}
		}

		is(0)
		is(1)
		is(0)
		refused(token.ErrUnauthenticated)
		is(0)
		refused(token.ErrInvalid, shown[0], shown[0])
		refused(token.ErrInvalid, shown[0]+"x")
		refused(token.ErrUnauthenticated, shown[0][len("Bearer "):])
		is(0)

		i.End(users[0])
		time.Sleep(time.Second)
		refused(token.ErrSessionRevoked, shown[0])
		is(1)
		i.Change(users[1])
		time.Sleep(time.Second)
		refused(token.ErrInvalid, shown[1])

		third := "Bearer " + i.Token(t, uuid.NewString(), "user")
		_, err := identify(true, third)
		require.NoError(t, err)
		time.Sleep(time.Hour)
		refused(token.ErrExpired, third)
	})
}
