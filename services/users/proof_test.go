package users_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/users"
)

func TestPasswordChangeFollowsOnTheOneBefore(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	commit := func(id, previous users.ChangeID) (users.Account, error) {
		return w.ChangePassword(t.Context(), w.by(adaID, 0), adaID, users.PasswordChange{ID: id, Previous: previous})
	}
	a, err := commit("first", "")
	require.NoError(t, err)
	require.Equal(t, users.ChangeID("first"), a.PasswordChange)
	require.Equal(t, w.head(t), a.AuthzVersion, "tokens of before are void")

	head := w.head(t)
	again, err := commit("first", "")
	require.NoError(t, err)
	require.Equal(t, a, again)
	_, err = commit("overtaken", "")
	require.ErrorIs(t, err, users.ErrPasswordChanged)
	require.Equal(t, head, w.head(t))

	_, err = commit("second", "first")
	require.NoError(t, err)
	_, err = commit("first", "")
	require.ErrorIs(t, err, users.ErrPasswordChanged, "a repetition that comes late brings nothing back")
	_, err = w.ChangePassword(t.Context(), w.by(adaID, 0), nobody, users.PasswordChange{ID: "x"})
	require.ErrorIs(t, err, users.ErrAccountNotFound)
}

func TestEmailIsVerifiedUntilItIsAnother(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	verify := func(email string) (users.Account, error) {
		return w.VerifyEmail(t.Context(), w.by(adaID, 0), adaID, email)
	}
	before, err := w.Account(t.Context(), adaID)
	require.NoError(t, err)
	for _, other := range []string{"eve@example.com", "ADA@example.com", ""} {
		_, err := verify(other)
		require.ErrorIs(t, err, users.ErrEmailChanged, other)
	}
	a, err := verify("ada@example.com")
	require.NoError(t, err)
	require.True(t, a.EmailVerified)
	require.Equal(t, before.AuthzVersion, a.AuthzVersion, "it takes no rights away")

	edit := func(e users.Edit) users.Account {
		a, err := w.Edit(t.Context(), w.by(adaID, 0), adaID, e)
		require.NoError(t, err)
		return a
	}
	require.True(t, edit(users.Edit{Email: new("ada@example.com"), Username: new("countess")}).EmailVerified, "it is the same")
	require.False(t, edit(users.Edit{Email: new("ada@example.org")}).EmailVerified)
	_, err = verify("ada@example.com")
	require.ErrorIs(t, err, users.ErrEmailChanged)
	require.False(t, edit(users.Edit{Email: new("ada@example.com")}).EmailVerified)
}

func TestOperatorVouchesForAnEmail(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	a, _, err := w.Register(t.Context(), users.Registration{
		ID: nobody, Email: "carl@example.com", Username: "carl", Role: "user", EmailVerified: true,
	})
	require.NoError(t, err)
	require.True(t, a.EmailVerified)
}
