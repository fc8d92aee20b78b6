package auth_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/services/auth"
)

func address(text string) auth.Origin { return auth.Origin{Address: text} }

// fail signs in with the wrong password so often.
func (s *system) fail(t *testing.T, times int, name, from string) {
	t.Helper()
	for range times {
		_, err := s.Login(t.Context(), name, "Wrong-Horse-7", address(from))
		require.ErrorIs(t, err, auth.ErrInvalidCredentials)
	}
}

func (s *system) requireThrottled(t *testing.T, wait time.Duration, name, from string) {
	t.Helper()
	_, err := s.Login(t.Context(), name, good, address(from))
	require.ErrorIs(t, err, auth.ErrLoginThrottled)
	var e *errs.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, errs.Throttled, e.Kind)
	require.Equal(t, wait, e.RetryIn)
}

func (s *system) requireSignsIn(t *testing.T, name, from string) {
	t.Helper()
	_, err := s.Login(t.Context(), name, good, address(from))
	require.NoError(t, err)
}

func TestGuessesOfOneNameFromOneAddressSlowDown(t *testing.T) {
	t.Parallel()
	for name, registered := range map[string]bool{"ada": true, "nobody": false} {
		s := newSystem(t)
		if registered {
			s.register(t, name)
		}
		s.fail(t, 4, name, "203.0.113.7")
		s.requireThrottled(t, time.Second, name, "203.0.113.7")
		s.clock.pass(time.Second)
		s.fail(t, 1, strings.ToUpper(name), "203.0.113.7")
		s.requireThrottled(t, 2*time.Second, name, "203.0.113.7")
		s.fail(t, 1, "another", "203.0.113.7")
	}
}

func TestOwnerSignsInFromElsewhere(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	s.fail(t, 4, "ada", "203.0.113.7")
	s.requireThrottled(t, time.Second, "ada", "203.0.113.7")

	s.requireSignsIn(t, "ada", "203.0.113.8")
	s.requireSignsIn(t, "ada", "2001:db8::1")
	s.requireThrottled(t, time.Second, "ada", "203.0.113.7")
}

func TestSuccessClearsFailures(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	for range 3 {
		s.fail(t, 3, "ada", "203.0.113.7")
		s.requireSignsIn(t, "ada", "203.0.113.7")
	}
}

func TestGuessesOfManyNamesFromOneAddressSlowDown(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	for range 11 {
		s.fail(t, 1, uuid.NewString(), "2001:db8:0:1::1")
	}
	s.requireThrottled(t, time.Second, "ada", "2001:db8:0:1:ffff::2")
	s.requireSignsIn(t, "ada", "2001:db8:0:2::1")
	s.clock.pass(time.Second)
	s.requireSignsIn(t, "ada", "2001:db8:0:1::1")
}

func TestAddressesAreComparedInOneForm(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.fail(t, 4, "ada", "::ffff:203.0.113.7")
	s.requireThrottled(t, time.Second, "ada", "203.0.113.7")
	_, err := s.Login(t.Context(), "ada", good, auth.Origin{})
	require.ErrorIs(t, err, auth.ErrInvalidCredentials, "an unknown address is one of its own")
}

func TestThrottledSignInCostsNoHash(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	s.fail(t, 4, "ada", "203.0.113.7")
	hasher := &countingHasher{counts: make(map[string]int)}
	s.Hasher = hasher

	s.requireThrottled(t, time.Second, "ada", "203.0.113.7")

	require.Empty(t, hasher.take())
}

func TestOnlyWrongPasswordsCount(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	accounts := s.Accounts
	s.Accounts = awayAccounts{accounts}
	for range 20 {
		_, err := s.Login(t.Context(), "ada", good, here)
		require.ErrorIs(t, err, errs.ErrUnavailable)
	}
	s.Accounts = accounts
	s.login(t, "ada")
}

func TestGuessesOfTheCurrentPasswordSlowDown(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	try := func(current string) error {
		return s.StageChange(t.Context(), auth.NewPassword{
			Change: auth.ChangeID(uuid.NewString()), Account: account.ID, Password: better, Current: &current,
		})
	}
	for range 4 {
		require.ErrorIs(t, try("Wrong-Horse-7"), auth.ErrReauthenticationRequired)
	}
	require.ErrorIs(t, try(good), auth.ErrLoginThrottled)
	s.login(t, "ada")
	s.clock.pass(time.Second)
	require.NoError(t, try(good))
	require.NoError(t, try(good))
}

// awayAccounts is users that cannot be asked.
type awayAccounts struct{ auth.Accounts }

func (awayAccounts) Lookup(context.Context, string) (auth.Account, error) {
	return auth.Account{}, errs.ErrUnavailable
}
