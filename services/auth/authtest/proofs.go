package authtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

func emailsAreLookedUp(t *testing.T, a auth.Accounts, behind *Accounts) {
	create(t, a, newAccount("other"))
	made := create(t, a, newAccount("Ada"))

	got, err := a.LookupEmail(t.Context(), "aDA@EXAMPLE.com")
	require.NoError(t, err)
	require.Equal(t, made, got)
	_, err = a.LookupEmail(t.Context(), "nobody@example.com")
	require.ErrorIs(t, err, auth.ErrAccountNotFound)

	behind.Change(made.ID, func(x *auth.Account) { x.Deleted = true })
	_, err = a.LookupEmail(t.Context(), "ada@example.com")
	require.ErrorIs(t, err, auth.ErrAccountNotFound)
}

func passwordChangesFollow(t *testing.T, a auth.Accounts, behind *Accounts) {
	made := create(t, a, newAccount("ada"))
	first, second := auth.ChangeID(ID()), auth.ChangeID(ID())

	got, err := a.ChangePassword(t.Context(), made.ID, made.ID, first, "")
	require.NoError(t, err)
	require.Equal(t, first, got.PasswordChange)
	require.Greater(t, got.AuthzVersion, made.AuthzVersion)
	again, err := a.ChangePassword(t.Context(), made.ID, made.ID, first, "")
	require.NoError(t, err)
	require.Equal(t, got, again, "once more changes nothing")

	_, err = a.ChangePassword(t.Context(), made.ID, made.ID, second, "")
	require.ErrorIs(t, err, auth.ErrCredentialChanged)
	got, err = a.ChangePassword(t.Context(), made.ID, made.ID, second, first)
	require.NoError(t, err)
	require.Equal(t, second, got.PasswordChange)
	_, err = a.ChangePassword(t.Context(), made.ID, made.ID, first, "")
	require.ErrorIs(t, err, auth.ErrCredentialChanged, "too late")

	_, err = a.ChangePassword(t.Context(), made.ID, auth.AccountID(ID()), first, "")
	require.ErrorIs(t, err, auth.ErrAccountNotFound)
	behind.Change(made.ID, func(x *auth.Account) { x.Deleted = true })
	_, err = a.ChangePassword(t.Context(), made.ID, made.ID, first, second)
	require.ErrorIs(t, err, auth.ErrAccountNotFound)
}

func emailIsVerified(t *testing.T, a auth.Accounts, behind *Accounts) {
	made := create(t, a, newAccount("ada"))
	require.False(t, made.EmailVerified)
	for _, email := range []string{"ADA@example.com", "eve@example.com"} {
		require.ErrorIs(t, a.VerifyEmail(t.Context(), made.ID, email), auth.ErrEmailChanged)
	}

	require.NoError(t, a.VerifyEmail(t.Context(), made.ID, made.Email))
	require.NoError(t, a.VerifyEmail(t.Context(), made.ID, made.Email))

	got, err := a.Account(t.Context(), made.ID)
	require.NoError(t, err)
	require.True(t, got.EmailVerified)
	require.Equal(t, made.AuthzVersion, got.AuthzVersion)
	require.ErrorIs(t, a.VerifyEmail(t.Context(), auth.AccountID(ID()), made.Email), auth.ErrAccountNotFound)
	behind.Change(made.ID, func(x *auth.Account) { x.Deleted = true })
	require.ErrorIs(t, a.VerifyEmail(t.Context(), made.ID, made.Email), auth.ErrAccountNotFound)
}

func operatorVouches(t *testing.T, a auth.Accounts, _ *Accounts) {
	vouched := newAccount("root")
	vouched.EmailVerified = true

	require.True(t, create(t, a, vouched).EmailVerified)
}
