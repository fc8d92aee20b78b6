package authtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/services/auth"
)

// TestAccounts checks the contract of [auth.Accounts]. open returns accounts,
// and the users service in memory that is behind them.
func TestAccounts(t *testing.T, open func(t *testing.T) (auth.Accounts, *Accounts)) {
	for name, test := range map[string]func(*testing.T, auth.Accounts, *Accounts){
		"CreatedAccountIsFound":       createdAccountIsFound,
		"CreatingTwiceMakesOne":       creatingTwiceMakesOne,
		"MissingAccountIsNotFound":    missingAccountIsNotFound,
		"TakenNamesAreToldApart":      takenNamesAreToldApart,
		"AllWrongNamesAreTold":        allWrongNamesAreTold,
		"DeletedAccountHasNoName":     deletedAccountHasNoName,
		"OnlyActiveAdminsCount":       onlyActiveAdminsCount,
		"PresentStateOfRightsIsKnown": presentStateOfRightsIsKnown,
		"EmailsAreLookedUp":           emailsAreLookedUp,
		"PasswordChangesFollow":       passwordChangesFollow,
		"EmailIsVerified":             emailIsVerified,
		"OperatorVouches":             operatorVouches,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, behind := open(t)
			test(t, a, behind)
		})
	}
}

func newAccount(name string) auth.Account {
	return auth.Account{ID: auth.AccountID(ID()), Email: name + "@example.com", Username: name, Role: auth.RoleUser}
}

func create(t *testing.T, a auth.Accounts, account auth.Account) auth.Account {
	t.Helper()
	made, err := a.Create(t.Context(), account)
	require.NoError(t, err)
	return made
}

func createdAccountIsFound(t *testing.T, a auth.Accounts, _ *Accounts) {
	create(t, a, newAccount("other"))
	want := newAccount("Ada")

	made := create(t, a, want)

	want.Active, want.AuthzVersion, want.CreatedAt, want.UpdatedAt = true, made.AuthzVersion, made.CreatedAt, made.UpdatedAt
	require.Equal(t, want, made)
	require.Positive(t, made.AuthzVersion)
	require.False(t, made.CreatedAt.IsZero())
	got, err := a.Account(t.Context(), want.ID)
	require.NoError(t, err)
	require.Equal(t, made, got)
	got, err = a.Lookup(t.Context(), "aDA")
	require.NoError(t, err)
	require.Equal(t, made, got)
}

func creatingTwiceMakesOne(t *testing.T, a auth.Accounts, _ *Accounts) {
	made := create(t, a, newAccount("ada"))

	require.Equal(t, made, create(t, a, auth.Account{ID: made.ID, Email: made.Email, Username: made.Username, Role: made.Role}))
}

func missingAccountIsNotFound(t *testing.T, a auth.Accounts, _ *Accounts) {
	_, err := a.Account(t.Context(), auth.AccountID(ID()))
	require.ErrorIs(t, err, auth.ErrAccountNotFound)
	_, err = a.Lookup(t.Context(), "nobody")
	require.ErrorIs(t, err, auth.ErrAccountNotFound)
}

func takenNamesAreToldApart(t *testing.T, a auth.Accounts, _ *Accounts) {
	require.NoError(t, a.Available(t.Context(), "ada@example.com", "ada"))
	create(t, a, newAccount("ada"))

	for name, tt := range map[string]struct {
		email, username string
		want            error
		pointers        []string
	}{
		"email":    {"ADA@example.com", "bob", auth.ErrEmailTaken, []string{"/email"}},
		"username": {"bob@example.com", "ADA", auth.ErrUsernameTaken, []string{"/username"}},
		"both":     {"ada@example.com", "ada", auth.ErrEmailTaken, []string{"/email", "/username"}},
	} {
		err := a.Available(t.Context(), tt.email, tt.username)
		require.ErrorIs(t, err, tt.want, name)
		require.Equal(t, tt.pointers, pointers(err), name)
		_, err = a.Create(t.Context(), auth.Account{
			ID: auth.AccountID(ID()), Email: tt.email, Username: tt.username, Role: auth.RoleUser,
		})
		require.ErrorIs(t, err, tt.want, name)
	}
}

func pointers(err error) (list []string) {
	for _, f := range fields(err) {
		list = append(list, f.Pointer)
	}
	return list
}

func allWrongNamesAreTold(t *testing.T, a auth.Accounts, _ *Accounts) {
	err := a.Available(t.Context(), "no address", "no name")

	require.ErrorIs(t, err, errs.ErrValidation)
	require.Equal(t, []string{"/email", "/username"}, pointers(err))
}

func deletedAccountHasNoName(t *testing.T, a auth.Accounts, behind *Accounts) {
	made := create(t, a, newAccount("ada"))
	behind.Change(made.ID, func(x *auth.Account) { x.Deleted = true })

	_, err := a.Lookup(t.Context(), "ada")
	require.ErrorIs(t, err, auth.ErrAccountNotFound)
	got, err := a.Account(t.Context(), made.ID)
	require.NoError(t, err)
	require.True(t, got.Deleted)
	require.NoError(t, a.Available(t.Context(), "ada@example.com", "ada"))
}

func onlyActiveAdminsCount(t *testing.T, a auth.Accounts, behind *Accounts) {
	create(t, a, newAccount("user"))
	for i, name := range []string{"one", "two", "three"} {
		admin := newAccount(name)
		admin.Role = auth.RoleAdmin
		made := create(t, a, admin)
		behind.Change(made.ID, func(x *auth.Account) { x.Active, x.Deleted = i != 1, i == 2 })
	}

	n, err := a.ActiveAdmins(t.Context())

	require.NoError(t, err)
	require.Equal(t, 1, n)
}

func presentStateOfRightsIsKnown(t *testing.T, a auth.Accounts, behind *Accounts) {
	made := create(t, a, newAccount("ada"))
	change := auth.ChangeID(ID())
	behind.Change(made.ID, func(x *auth.Account) {
		x.Role, x.Active, x.PasswordChange = auth.RoleAdmin, false, change
	})

	got, err := a.Account(t.Context(), made.ID)

	require.NoError(t, err)
	require.Greater(t, got.AuthzVersion, made.AuthzVersion)
	made.Role, made.Active, made.PasswordChange, made.AuthzVersion = auth.RoleAdmin, false, change, got.AuthzVersion
	require.Equal(t, made, got)

	behind.Change(made.ID, func(x *auth.Account) { x.Active = true })
	got, err = a.Account(t.Context(), made.ID)
	require.NoError(t, err)
	require.Equal(t, got.AuthzVersion, got.ReinstatedVersion)
	require.Positive(t, got.ReinstatedVersion)
}
