package auth_test

import (
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
	"stockroom/services/auth/authtest"
)

func TestSignInsThatFailLookAlike(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	inactive, deleted, bare := s.register(t, "inactive"), s.register(t, "deleted"), s.register(t, "bare")
	s.accounts.Change(inactive.ID, func(a *auth.Account) { a.Active = false })
	s.accounts.Change(deleted.ID, func(a *auth.Account) { a.Deleted = true })
	require.NoError(t, s.stores.Credentials.Remove(t.Context(), bare.ID))
	compared := countingHasher{counts: make(map[string]int)}
	s.Hasher = &compared

	for name, tt := range map[string]struct{ username, password string }{
		"WrongPassword":     {"ada", "Wrong-Horse-7"},
		"EmptyPassword":     {"ada", ""},
		"UnknownName":       {"nobody", good},
		"NoName":            {"", good},
		"EmailIsNoUsername": {"ada@example.com", good},
		"Inactive":          {"inactive", good},
		"Deleted":           {"deleted", good},
		"NoCredential":      {"bare", good},
	} {
		_, err := s.Login(t.Context(), tt.username, tt.password, here)

		require.Equal(t, auth.ErrInvalidCredentials, err, name)
		require.Equal(t, map[string]int{"verify": 1}, compared.take(), name)
	}
}

func TestOldHashIsBetteredAtSignIn(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	hash, err := authtest.Hasher{}.Hash(t.Context(), good)
	require.NoError(t, err)
	require.NoError(t, s.stores.Credentials.Rehash(t.Context(), account.ID, hash, authtest.Hasher{}.Outdated(good)))

	_, err = s.Login(t.Context(), "ada", "Wrong-Horse-7", here)
	require.ErrorIs(t, err, auth.ErrInvalidCredentials)
	s.login(t, "ada")

	got, err := s.stores.Credentials.Credential(t.Context(), account.ID)
	require.NoError(t, err)
	require.Equal(t, hash, got.Hash)
	s.login(t, "ada")
}

func TestCallerWithoutALiveAccountIsToldSo(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")

	s.accounts.Change(account.ID, func(a *auth.Account) { a.Active = false })
	_, err := s.Account(t.Context(), account.ID)
	require.ErrorIs(t, err, auth.ErrSessionRevoked)
	_, err = s.Account(t.Context(), auth.AccountID(uuid.NewString()))
	require.ErrorIs(t, err, auth.ErrSessionRevoked)
}

func TestFirstAdministratorIsMadeOnce(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "somebody")

	made, err := s.EnsureAdmin(t.Context(), registration("root"))
	require.NoError(t, err)
	require.True(t, made)
	require.Equal(t, auth.RoleAdmin, s.signer.read(t, s.login(t, "root")).Role)
	made, err = s.EnsureAdmin(t.Context(), registration("second"))
	require.NoError(t, err)
	require.False(t, made)

	_, err = s.Login(t.Context(), "second", good, here)
	require.ErrorIs(t, err, auth.ErrInvalidCredentials)
}

func TestReplicasAgreeOnTheFirstAdministrator(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	failures := make([]error, 4)
	var wg sync.WaitGroup
	for i := range failures {
		wg.Go(func() { _, failures[i] = s.EnsureAdmin(t.Context(), registration("root")) })
	}
	wg.Wait()

	for _, err := range failures {
		require.NoError(t, err)
	}
	n, err := s.accounts.ActiveAdmins(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

func TestAdministratorWhoseNameSomebodyHasIsNotMade(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "root")

	made, err := s.EnsureAdmin(t.Context(), registration("root"))

	require.ErrorIs(t, err, auth.ErrEmailTaken)
	require.False(t, made)
}
