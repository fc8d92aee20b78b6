package auth_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

type mortalLetters struct {
	auth.Letters
	*process
}

func (m mortalLetters) Claim(ctx context.Context, now, again time.Time, limit int) (list []auth.Letter, err error) {
	err = m.step(func() error {
		list, err = m.Letters.Claim(ctx, now, again, limit)
		return err
	})
	return list, err
}

func (m mortalLetters) Issue(ctx context.Context, l auth.Letter, since time.Time, most int) error {
	return m.step(func() error { return m.Letters.Issue(ctx, l, since, most) })
}

func (m mortalLetters) Sent(ctx context.Context, id auth.LetterID) error {
	return m.step(func() error { return m.Letters.Sent(ctx, id) })
}

type mortalMailer struct {
	auth.Mailer
	*process
}

func (m mortalMailer) Send(ctx context.Context, x auth.Mail) error {
	return m.step(func() error { return m.Mailer.Send(ctx, x) })
}

func TestCourierKilledAnywhereLosesNoMail(t *testing.T) {
	t.Parallel()

	const steps = 4 // claim, issue, send, note
	for step := range steps {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("Step%dAfterItsEffect%t", step, after), func(t *testing.T) {
				t.Parallel()
				s := newSystem(t)
				s.register(t, "ada")
				require.NoError(t, s.AskForReset(t.Context(), "ada@example.com"))
				p := &process{steps: step, after: after}
				s.Letters = mortalLetters{s.stores.Letters, p}
				dying := auth.NewCourier(s.Service, mortalMailer{s.mailer, p}, auth.Texts{})
				require.ErrorIs(t, dying.Deliver(t.Context()), errKilled)
				s.Letters = s.stores.Letters

				s.clock.pass(time.Minute) // the next one may be somebody else
				require.NoError(t, s.courier.Deliver(t.Context()))

				mails := s.mailer.Mails()
				require.NotEmpty(t, mails)
				require.LessOrEqual(t, len(mails), 2)
				for _, m := range mails {
					require.Equal(t, mails[0].ID, m.ID)
				}
				n, _, err := s.stores.Letters.Waiting(t.Context())
				require.NoError(t, err)
				require.Zero(t, n)
				s.requireTokenIn(t, mails[len(mails)-1])
			})
		}
	}
}

func (s *system) requireTokenIn(t *testing.T, m auth.Mail) {
	t.Helper()
	found := token.FindString(m.Text)
	require.NotEmpty(t, found, m.Text)
	require.NoError(t, s.ResetPassword(t.Context(), found, better))
	s.requirePassword(t, better, good)
}

func TestMailThatIsSentAgainHasTheSameToken(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	require.NoError(t, s.AskForReset(t.Context(), "ada@example.com"))
	away := errors.New("away")
	var tried []auth.Mail
	s.mailer.Fail = func(m auth.Mail) error {
		tried = append(tried, m)
		return away
	}
	require.ErrorIs(t, s.courier.Deliver(t.Context()), away)
	require.NoError(t, s.courier.Deliver(t.Context()), "not before a minute is over")
	s.clock.pass(time.Minute)
	require.ErrorIs(t, s.courier.Deliver(t.Context()), away)
	require.Len(t, tried, 2)
	require.Equal(t, tried[0], tried[1])
	require.Equal(t, int64(2), s.courier.Failed())

	s.mailer.Fail = nil
	s.clock.pass(59 * time.Minute)
	require.NoError(t, s.courier.Deliver(t.Context()))
	require.Equal(t, int64(1), s.courier.Sent())
	s.clock.pass(59 * time.Minute) // the hour begins when it is sent
	s.requireTokenIn(t, tried[0])
}

func TestRefusedMailIsNotSentAgain(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	require.NoError(t, s.AskForReset(t.Context(), "ada@example.com"))
	s.mailer.Fail = func(auth.Mail) error { return auth.ErrMailRefused }

	require.ErrorIs(t, s.courier.Deliver(t.Context()), auth.ErrMailRefused)

	s.requireNothingWaits(t)
	require.Equal(t, int64(1), s.courier.Failed())
}

func (s *system) requireNothingWaits(t *testing.T) {
	t.Helper()
	s.mailer.Fail = nil
	s.clock.pass(time.Hour)
	require.NoError(t, s.courier.Deliver(t.Context()))
	require.Empty(t, s.mailer.Mails())
	n, _, err := s.stores.Letters.Waiting(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)
}

func TestMailIsGivenUpAfterADay(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	require.NoError(t, s.AskForReset(t.Context(), "ada@example.com"))
	s.mailer.Fail = func(auth.Mail) error { return errors.New("away") }
	for range 24 {
		require.Error(t, s.courier.Deliver(t.Context()))
		require.NoError(t, s.Sweep(t.Context()), "which leaves alone what is still tried")
		s.clock.pass(time.Hour)
	}

	require.ErrorContains(t, s.courier.Deliver(t.Context()), "given up")

	s.requireNothingWaits(t)
}

func TestLetterToNobodyWhoRegistersIsDropped(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.Mail.Verification = auth.VerificationOptional
	restart := s.kill(&process{steps: 2}, nil) // before the account is made
	_, err := s.Register(t.Context(), registration("ada"))
	require.ErrorIs(t, err, errKilled)
	restart()
	s.clock.pass(2 * time.Second)
	require.NoError(t, s.courier.Deliver(t.Context()))
	n, _, err := s.stores.Letters.Waiting(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, n, "it may still be made")

	s.requireNothingWaits(t)
}

func TestLettersThatEndedAreSwept(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	s.ask(t, account.Email)
	s.clock.pass(time.Hour + time.Microsecond)

	require.NoError(t, s.Sweep(t.Context()))

	require.NoError(t, s.AskForReset(t.Context(), account.Email))
	require.Len(t, s.deliver(t), 1)
}

func TestMailWithoutALinkHasTheToken(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	require.NoError(t, s.AskForReset(t.Context(), "ada@example.com"))
	require.NoError(t, auth.NewCourier(s.Service, s.mailer, auth.Texts{}).Deliver(t.Context()))

	s.requireTokenIn(t, s.mailer.Mails()[0])
}
