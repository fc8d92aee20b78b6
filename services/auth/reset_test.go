package auth_test

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/services/auth"
)

var link = regexp.MustCompile(`https://shop\.example/(reset|verify)\?token=([A-Za-z0-9_-]{43})\n`)

// token is one by itself or in a link.
var token = regexp.MustCompile(`[A-Za-z0-9_-]{43}`)

// deliver has all due letters sent, and returns the tokens of the new mails.
func (s *system) deliver(t *testing.T) []string {
	t.Helper()
	before := len(s.mailer.Mails())
	require.NoError(t, s.courier.Deliver(t.Context()))
	var tokens []string
	for _, m := range s.mailer.Mails()[before:] {
		found := link.FindStringSubmatch(m.Text)
		require.NotNil(t, found, m.Text)
		tokens = append(tokens, found[2])
	}
	return tokens
}

// ask asks for a reset and returns the token that comes with the mail.
func (s *system) ask(t *testing.T, email string) string {
	t.Helper()
	require.NoError(t, s.AskForReset(t.Context(), email))
	tokens := s.deliver(t)
	require.Len(t, tokens, 1)
	return tokens[0]
}

func requireUnusable(t *testing.T, err error) {
	t.Helper()
	require.ErrorIs(t, err, errs.ErrValidation)
	requireFields(t, err, "/token")
}

func TestResetEndsAllSessions(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	tokens := s.login(t, "ada")
	other, token := s.ask(t, "ADA@Example.com"), s.ask(t, " ada@example.com ")

	mails := s.mailer.Mails()
	require.Equal(t, account.Email, mails[0].To, "as the account has it, not as it was asked for")
	require.Equal(t, "Set a new password", mails[0].Subject)
	require.Contains(t, mails[0].Text, "https://shop.example/reset?token="+other)
	require.NoError(t, s.ResetPassword(t.Context(), token, better))

	s.requirePassword(t, better, good)
	s.requireEnded(t, tokens)
	requireUnusable(t, s.ResetPassword(t.Context(), token, "Latest-Horse-9"))
	requireUnusable(t, s.ResetPassword(t.Context(), other, "Latest-Horse-9"))
	s.requirePassword(t, better, "Latest-Horse-9")
	require.NoError(t, s.ResetPassword(t.Context(), s.ask(t, "ada@example.com"), "Latest-Horse-9"))
	s.requirePassword(t, "Latest-Horse-9", better)
}

func TestAskingForAResetTellsNothing(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	inactive, deleted, bare := s.register(t, "inactive"), s.register(t, "deleted"), s.register(t, "bare")
	s.accounts.Change(inactive.ID, func(a *auth.Account) { a.Active = false })
	s.accounts.Change(deleted.ID, func(a *auth.Account) { a.Deleted = true })
	require.NoError(t, s.stores.Credentials.Remove(t.Context(), bare.ID))
	accounts := s.Accounts
	s.Accounts = nil // not looked at

	for _, email := range []string{
		inactive.Email, deleted.Email, bare.Email, "nobody@example.com", "no address", strings.Repeat("x", 300) + "@example.com",
	} {
		require.NoError(t, s.AskForReset(t.Context(), email))
	}
	s.Accounts = accounts

	require.Empty(t, s.deliver(t))
	n, _, err := s.stores.Letters.Waiting(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)
	requireFields(t, s.AskForReset(t.Context(), " "), "/email")
	requireFields(t, s.AskForReset(t.Context(), strings.Repeat("x", 321)), "/email")
}

func TestWeakPasswordLeavesTheTokenGood(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	token := s.ask(t, "ada@example.com")

	requireFields(t, s.ResetPassword(t.Context(), token, "Short-1"), "/new_password")
	requireFields(t, s.ResetPassword(t.Context(), "wrong", "Short-1"), "/token", "/new_password")

	require.NoError(t, s.ResetPassword(t.Context(), token, better))
}

func TestTokensThatAreNotGoodForAReset(t *testing.T) {
	t.Parallel()

	for name, spoil := range map[string]func(t *testing.T, s *system, a auth.Account, token string) string{
		"None":    func(*testing.T, *system, auth.Account, string) string { return "" },
		"Changed": func(_ *testing.T, _ *system, _ auth.Account, token string) string { return strings.ToUpper(token) },
		"Expired": func(_ *testing.T, s *system, _ auth.Account, token string) string {
			s.clock.pass(time.Hour)
			return token
		},
		"Inactive": func(_ *testing.T, s *system, a auth.Account, token string) string {
			s.accounts.Change(a.ID, func(a *auth.Account) { a.Active = false })
			return token
		},
		"Deleted": func(_ *testing.T, s *system, a auth.Account, token string) string {
			s.accounts.Change(a.ID, func(a *auth.Account) { a.Deleted = true })
			return token
		},
		"OtherEmail": func(_ *testing.T, s *system, a auth.Account, token string) string {
			s.accounts.Change(a.ID, func(a *auth.Account) { a.Email = "new@example.com" })
			return token
		},
		"PasswordChanged": func(t *testing.T, s *system, _ auth.Account, token string) string {
			t.Helper()
			_, err := s.change(t, s.login(t, "ada"), good, "Fastest-Horse-9")
			require.NoError(t, err)
			return token
		},
		"PasswordCommitted": func(t *testing.T, s *system, a auth.Account, token string) string {
			t.Helper()
			s.commit(a.ID, s.stage(t, a.ID, "Fastest-Horse-9", ""))
			return token
		},
		"NoCredential": func(t *testing.T, s *system, a auth.Account, token string) string {
			t.Helper()
			require.NoError(t, s.stores.Credentials.Remove(t.Context(), a.ID))
			return token
		},
		"ForAnotherPurpose": func(t *testing.T, s *system, a auth.Account, _ string) string {
			t.Helper()
			require.NoError(t, s.AskForVerification(t.Context(), a.ID))
			return s.deliver(t)[0]
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSystem(t)
			account := s.register(t, "ada")
			token := spoil(t, s, account, s.ask(t, "ada@example.com"))

			requireUnusable(t, s.ResetPassword(t.Context(), token, better))

			_, err := s.Login(t.Context(), "ada", better, here)
			require.ErrorIs(t, err, auth.ErrInvalidCredentials)
			s.clock.pass(2 * time.Hour)
			require.NoError(t, s.Sweep(t.Context()))
			staged, err := s.stores.Changes.Staged(t.Context(), s.clock.Now(), 10)
			require.NoError(t, err)
			require.Empty(t, staged)
		})
	}
}

func TestTokenIsGoodOnce(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	token := s.ask(t, "ada@example.com")
	passwords := []string{"First-Horse-71", "Second-Horse-72", "Third-Horse-73", "Fourth-Horse-74"}
	failures := make([]error, len(passwords))
	var wg sync.WaitGroup
	for i, password := range passwords {
		wg.Go(func() { failures[i] = s.ResetPassword(t.Context(), token, password) })
	}
	wg.Wait()

	won := 0
	for i, err := range failures {
		_, signIn := s.Login(t.Context(), "ada", passwords[i], here)
		require.Equal(t, err == nil, signIn == nil)
		if err == nil {
			won++
			continue
		}
		requireUnusable(t, err)
	}
	require.Equal(t, 1, won)
}

func TestResetThatIsOvertakenChangesNothing(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	token := s.ask(t, "ada@example.com")
	s.Accounts = &faster{Accounts: s.accounts, change: func() {
		s.commit(account.ID, s.stage(t, account.ID, "Fastest-Horse-9", ""))
	}}

	requireUnusable(t, s.ResetPassword(t.Context(), token, better))

	s.Accounts = s.accounts
	s.requirePassword(t, "Fastest-Horse-9", better)
}

func TestResetKilledAfterTheCommitIsCarriedOut(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	tokens, token := s.login(t, "ada"), s.ask(t, "ada@example.com")
	s.Accounts = mortalCommits{s.accounts, &process{after: true}}
	require.ErrorIs(t, s.ResetPassword(t.Context(), token, better), errKilled)
	s.Accounts = s.accounts

	requireUnusable(t, s.ResetPassword(t.Context(), token, "Latest-Horse-9"))
	s.requirePassword(t, better, good)
	s.requireEnded(t, tokens)
}

func TestLettersOfOneAccountAreFew(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	s.register(t, "bob")
	for range 10 {
		require.NoError(t, s.AskForReset(t.Context(), "ada@example.com"))
	}
	require.Len(t, s.deliver(t), 3)
	require.NoError(t, s.AskForReset(t.Context(), "bob@example.com"))
	require.Len(t, s.deliver(t), 1)

	s.clock.pass(59 * time.Minute)
	require.NoError(t, s.AskForReset(t.Context(), "ada@example.com"))
	require.Empty(t, s.deliver(t))
	s.clock.pass(time.Minute)
	s.ask(t, "ada@example.com")
}

func TestWithoutMailNothingIsPromised(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	s.Mail.On = false

	for name, ask := range map[string]func(context.Context) error{
		"Reset":   func(ctx context.Context) error { return s.AskForReset(ctx, account.Email) },
		"Unknown": func(ctx context.Context) error { return s.AskForReset(ctx, "nobody@example.com") },
		"Verify":  func(ctx context.Context) error { return s.AskForVerification(ctx, account.ID) },
		"Email":   func(ctx context.Context) error { return s.AskForVerificationOf(ctx, account.Email) },
	} {
		require.Equal(t, auth.ErrNoMail, ask(t.Context()), name)
	}
}
