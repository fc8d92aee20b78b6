package auth_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/services/auth"
)

func (s *system) change(t *testing.T, tokens auth.Tokens, current, next string) (auth.Tokens, error) {
	t.Helper()
	return s.ChangePassword(t.Context(), s.signer.read(t, tokens).Session, current, next, auth.Origin{})
}

func requireFields(t *testing.T, err error, want ...string) {
	t.Helper()
	e, ok := errors.AsType[*errs.Error](err)
	require.True(t, ok, "%v", err)
	var got []string
	for _, f := range e.Fields {
		got = append(got, f.Pointer)
	}
	require.ElementsMatch(t, want, got)
}

func TestOwnPasswordKeepsTheOwnSession(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	own, other := s.login(t, "ada"), s.login(t, "ada")

	tokens, err := s.change(t, own, good, better)

	require.NoError(t, err)
	was, is := s.signer.read(t, own), s.signer.read(t, tokens)
	require.Equal(t, was.Session, is.Session)
	require.Greater(t, is.AuthzVersion, was.AuthzVersion)
	require.NotEqual(t, own.Refresh, tokens.Refresh)
	s.requirePassword(t, better, good)
	s.requireEnded(t, other)
	s.refresh(t, tokens)
	staged, err := s.stores.Changes.Staged(t.Context(), s.clock.Now().Add(time.Second), 10)
	require.NoError(t, err)
	require.Empty(t, staged)
	credential, err := s.stores.Credentials.Credential(t.Context(), account.ID)
	require.NoError(t, err)
	require.NotEmpty(t, credential.LastChange)
}

func TestOwnPasswordIsRefused(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	tokens := s.login(t, "ada")

	_, err := s.change(t, tokens, "Wrong-Horse-7", better)
	require.ErrorIs(t, err, auth.ErrReauthenticationRequired)
	requireFields(t, err, "/current_password")
	_, err = s.change(t, tokens, good, "weak")
	require.ErrorIs(t, err, errs.ErrValidation)
	_, err = s.ChangePassword(t.Context(), "0190a000-0000-7000-8000-00000000dead", good, better, auth.Origin{})
	require.ErrorIs(t, err, auth.ErrSessionRevoked)

	ended := s.login(t, "ada")
	require.NoError(t, s.stores.Sessions.Update(t.Context(), s.signer.read(t, ended).Session, auth.Origin{}, func(x *auth.Session) error {
		x.Revoke(s.clock.Now(), "for a test")
		return nil
	}))
	_, err = s.change(t, ended, good, better)
	require.ErrorIs(t, err, auth.ErrSessionRevoked)
	s.requirePassword(t, good, better)

	s.accounts.Change(account.ID, func(a *auth.Account) { a.Active = false })
	_, err = s.change(t, tokens, good, better)
	require.ErrorIs(t, err, auth.ErrSessionRevoked)
}

// Whoever knows the old password must not replace a newer one with it.
func TestOwnPasswordDoesNotReplaceANewerOne(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	tokens := s.login(t, "ada")
	s.Accounts = &faster{Accounts: s.accounts, change: func() {
		change := s.stage(t, account.ID, "Fastest-Horse-9", s.signer.read(t, tokens).Session)
		s.commit(account.ID, change)
	}}

	_, err := s.change(t, tokens, good, better)

	require.ErrorIs(t, err, auth.ErrReauthenticationRequired)
	s.Accounts = s.accounts
	s.requirePassword(t, "Fastest-Horse-9", better)
}

// faster changes something right before a change of password is committed.
type faster struct {
	auth.Accounts
	change func()
}

func (f *faster) ChangePassword(ctx context.Context, by, id auth.AccountID, change, previous auth.ChangeID) (auth.Account, error) {
	f.change()
	return f.Accounts.ChangePassword(ctx, by, id, change, previous)
}

type mortalChanges struct {
	auth.Changes
	*process
}

func (m mortalChanges) Stage(ctx context.Context, c auth.Change) error {
	return m.step(func() error { return m.Changes.Stage(ctx, c) })
}

type mortalCommits struct {
	auth.Accounts
	*process
}

func (m mortalCommits) ChangePassword(ctx context.Context, by, id auth.AccountID, change, previous auth.ChangeID) (a auth.Account, err error) {
	err = m.step(func() error {
		a, err = m.Accounts.ChangePassword(ctx, by, id, change, previous)
		return err
	})
	return a, err
}

func TestOwnPasswordKilledAnywhereIsTheOldOrTheNewOne(t *testing.T) {
	t.Parallel()

	for step := range 3 { // stage, commit, and all after it
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("Step%dAfterItsEffect%t", step, after), func(t *testing.T) {
				t.Parallel()
				s := newSystem(t)
				s.register(t, "ada")
				own, other := s.login(t, "ada"), s.login(t, "ada")
				p := &process{steps: step, after: after}
				s.Changes, s.Accounts = mortalChanges{s.stores.Changes, p}, mortalCommits{s.accounts, p}
				_, err := s.change(t, own, good, better)
				require.Equal(t, step < 2, errors.Is(err, errKilled))
				s.Changes, s.Accounts = s.stores.Changes, s.accounts

				if step < 1 || step == 1 && !after {
					s.requirePassword(t, good, better)
					s.refresh(t, other)
				} else {
					s.requirePassword(t, better, good)
					s.requireEnded(t, other)
				}
				s.refresh(t, own)
				s.clock.pass(2 * time.Hour)
				require.NoError(t, s.Sweep(t.Context()))
				staged, err := s.stores.Changes.Staged(t.Context(), s.clock.Now(), 10)
				require.NoError(t, err)
				require.Empty(t, staged)
			})
		}
	}
}
