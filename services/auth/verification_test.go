package auth_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

func (s *system) verified(t *testing.T, id auth.AccountID) bool {
	t.Helper()
	a, err := s.accounts.Account(t.Context(), id)
	require.NoError(t, err)
	return a.EmailVerified
}

func TestEmailIsVerifiedWithTheTokenFromTheMail(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	require.Empty(t, s.deliver(t), "nobody asked")
	require.NoError(t, s.AskForVerification(t.Context(), account.ID))
	tokens := s.deliver(t)
	require.Len(t, tokens, 1)
	mail := s.mailer.Mails()[0]
	require.Equal(t, account.Email, mail.To)
	require.Equal(t, "Confirm your email address", mail.Subject)
	require.Contains(t, mail.Text, "https://shop.example/verify?token="+tokens[0])

	require.NoError(t, s.VerifyEmail(t.Context(), tokens[0]))

	require.True(t, s.verified(t, account.ID))
	requireUnusable(t, s.VerifyEmail(t.Context(), tokens[0]))
	require.NoError(t, s.AskForVerification(t.Context(), account.ID))
	require.NoError(t, s.AskForVerificationOf(t.Context(), account.Email))
	require.Empty(t, s.deliver(t), "it is known")
	require.ErrorIs(t, s.AskForVerification(t.Context(), "0190a000-0000-7000-8000-00000000dead"), auth.ErrSessionRevoked)
}

func TestTokensThatVerifyNothing(t *testing.T) {
	t.Parallel()

	for name, spoil := range map[string]func(t *testing.T, s *system, a auth.Account, token string) string{
		"None": func(*testing.T, *system, auth.Account, string) string { return "" },
		"Expired": func(_ *testing.T, s *system, _ auth.Account, token string) string {
			s.clock.pass(24 * time.Hour)
			return token
		},
		"OtherEmail": func(_ *testing.T, s *system, a auth.Account, token string) string {
			s.accounts.Change(a.ID, func(a *auth.Account) { a.Email = "new@example.com" })
			return token
		},
		"OtherLetterCase": func(_ *testing.T, s *system, a auth.Account, token string) string {
			s.accounts.Change(a.ID, func(a *auth.Account) { a.Email = "ADA@example.com" })
			return token
		},
		"Deleted": func(_ *testing.T, s *system, a auth.Account, token string) string {
			s.accounts.Change(a.ID, func(a *auth.Account) { a.Deleted = true })
			return token
		},
		"ForAnotherPurpose": func(t *testing.T, s *system, a auth.Account, _ string) string {
			t.Helper()
			return s.ask(t, a.Email)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSystem(t)
			account := s.register(t, "ada")
			require.NoError(t, s.AskForVerification(t.Context(), account.ID))
			token := spoil(t, s, account, s.deliver(t)[0])

			requireUnusable(t, s.VerifyEmail(t.Context(), token))
			requireUnusable(t, s.VerifyEmail(t.Context(), token))

			require.False(t, s.verified(t, account.ID))
		})
	}
}

func TestWhoRegistersIsAskedToVerify(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.Mail.Verification = auth.VerificationOptional
	account := s.register(t, "ada")
	s.login(t, "ada")
	s.clock.pass(2 * time.Second)

	require.NoError(t, s.VerifyEmail(t.Context(), s.deliver(t)[0]))

	require.True(t, s.verified(t, account.ID))
}

func TestUnverifiedAreNotLetInWhereItIsRequired(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.Mail.Verification = auth.VerificationRequired
	account := s.register(t, "ada")
	made, err := s.EnsureAdmin(t.Context(), registration("root"))
	require.NoError(t, err)
	require.True(t, made)
	s.login(t, "root") // whom an operator vouches for
	_, err = s.Login(t.Context(), "ada", good, here)
	require.ErrorIs(t, err, auth.ErrEmailUnverified)
	_, err = s.Login(t.Context(), "ada", "Wrong-Horse-7", here)
	require.Equal(t, auth.ErrInvalidCredentials, err)
	s.clock.pass(2 * time.Second)
	require.Len(t, s.deliver(t), 1, "only who registered")

	require.NoError(t, s.AskForVerificationOf(t.Context(), "ADA@example.com"))
	require.NoError(t, s.AskForVerificationOf(t.Context(), "nobody@example.com"))
	tokens := s.deliver(t)
	require.Len(t, tokens, 1)
	require.NoError(t, s.VerifyEmail(t.Context(), tokens[0]))

	session := s.login(t, "ada")
	s.accounts.Change(account.ID, func(a *auth.Account) { a.EmailVerified = false })
	s.refresh(t, session) // so that a mistake in a new email can be corrected
	_, err = s.Login(t.Context(), "ada", good, here)
	require.ErrorIs(t, err, auth.ErrEmailUnverified)
}

func TestRegistrationThatIsRefusedSendsNothing(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.Mail.Verification = auth.VerificationOptional
	restart := s.kill(&process{steps: 9}, func() { s.register2(t) })
	_, err := s.Register(t.Context(), registration("ada"))
	require.ErrorIs(t, err, auth.ErrEmailTaken)
	restart()
	s.clock.pass(2 * time.Second)

	require.Len(t, s.deliver(t), 1, "the winner's")
}

// register2 has another replica register the same names first.
func (s *system) register2(t *testing.T) {
	t.Helper()
	twin := *s.Service
	twin.Accounts, twin.Credentials = s.accounts, s.stores.Credentials
	_, err := twin.Register(t.Context(), registration("ada"))
	require.NoError(t, err)
}
