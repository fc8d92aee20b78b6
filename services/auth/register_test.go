package auth_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/services/auth"
)

func TestRegisteredAccountSignsIn(t *testing.T) {
	t.Parallel()
	s := newSystem(t)

	account, err := s.Register(t.Context(), auth.Registration{Email: " Ada@example.com ", Username: "\tAda\n", Password: good})
	require.NoError(t, err)
	tokens := s.login(t, "aDA")

	require.Equal(t, "Ada@example.com", account.Email)
	require.Equal(t, "Ada", account.Username)
	require.Equal(t, auth.RoleUser, account.Role)
	require.Equal(t, auth.AccessLifetime, tokens.ExpiresIn)
	now := s.clock.Now().UTC().Truncate(time.Microsecond)
	claims := s.signer.read(t, tokens)
	require.Equal(t, auth.Claims{
		ID: claims.ID, Account: account.ID, Session: claims.Session, Role: auth.RoleUser, AuthzVersion: account.AuthzVersion,
		SignedInAt: now, IssuedAt: now, ExpiresAt: now.Add(auth.AccessLifetime),
	}, claims)
	require.NotEqual(t, claims.Session, s.signer.read(t, s.login(t, "ada")).Session, "each sign-in is a session of its own")
	seen, err := s.Account(t.Context(), account.ID)
	require.NoError(t, err)
	require.Equal(t, account, seen)
}

func TestPasswordKeepsItsBlanks(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	r := registration("ada")
	r.Password = " " + good + " "
	_, err := s.Register(t.Context(), r)
	require.NoError(t, err)

	_, err = s.Login(t.Context(), "ada", good, here)
	require.ErrorIs(t, err, auth.ErrInvalidCredentials)
	_, err = s.Login(t.Context(), "ada", r.Password, here)
	require.NoError(t, err)
}

func TestAllThatIsWrongWithARegistrationIsTold(t *testing.T) {
	t.Parallel()
	s := newSystem(t)

	_, err := s.Register(t.Context(), auth.Registration{Email: "nowhere", Username: "a@b", Password: "short"})

	require.ErrorIs(t, err, errs.ErrValidation)
	require.Equal(t, []string{
		"/password too_short", "/password no_upper_case", "/password no_digit", "/email invalid", "/username invalid",
	}, fields(t, err))
}

func fields(t *testing.T, err error) (list []string) {
	t.Helper()
	var e *errs.Error
	require.ErrorAs(t, err, &e)
	for _, f := range e.Fields {
		list = append(list, f.Pointer+" "+f.Code)
	}
	return list
}

func TestTakenNamesAreRefused(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")

	_, err := s.Register(t.Context(), registration("Ada"))
	require.ErrorIs(t, err, auth.ErrEmailTaken)
	require.Equal(t, []string{"/email taken", "/username taken"}, fields(t, err))
	other := registration("ADA")
	other.Email = "other@example.com"
	_, err = s.Register(t.Context(), other)
	require.ErrorIs(t, err, auth.ErrUsernameTaken)
	require.Equal(t, []string{"/username taken"}, fields(t, err))
}

func TestOfTwoThatRegisterANameAtOnceOneGetsIt(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	failures := make([]error, 8)
	var wg sync.WaitGroup
	for i := range failures {
		wg.Go(func() { _, failures[i] = s.Register(t.Context(), registration("ada")) })
	}
	wg.Wait()

	made := 0
	for _, err := range failures {
		if err == nil {
			made++
			continue
		}
		require.ErrorIs(t, err, auth.ErrEmailTaken)
	}
	require.Equal(t, 1, made)
	s.login(t, "ada")
	left, err := s.stores.Credentials.Unconfirmed(t.Context(), s.clock.Now().Add(time.Hour), 10)
	require.NoError(t, err)
	require.Empty(t, left, "who lost leaves nothing behind")
}
