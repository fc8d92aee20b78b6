package authtest

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
)

// Mailer keeps mails instead of sending them. The zero value is ready.
type Mailer struct {
	Fail func(m auth.Mail) error // asked first, if not nil

	mu    sync.Mutex
	mails []auth.Mail
}

var _ auth.Mailer = (*Mailer)(nil)

// Send implements [auth.Mailer].
func (m *Mailer) Send(ctx context.Context, x auth.Mail) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if a, err := mail.ParseAddress(x.To); err != nil || a.Address != x.To {
		return auth.ErrMailRefused
	}
	if m.Fail != nil {
		if err := m.Fail(x); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mails = append(m.mails, x)
	return nil
}

// Mails returns what was sent, oldest first.
func (m *Mailer) Mails() []auth.Mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.mails)
}

// TestMailer checks the contract of [auth.Mailer]. open returns a mailer, and
// what arrives where it sends to.
func TestMailer(t *testing.T, open func(t *testing.T) (m auth.Mailer, arrived func() []auth.Mail)) {
	for name, test := range map[string]func(*testing.T, auth.Mailer, func() []auth.Mail){
		"SentMailArrives":          sentMailArrives,
		"MailsAtOnceAllArrive":     mailsAtOnceAllArrive,
		"WhatIsNoAddressIsRefused": whatIsNoAddressIsRefused,
		"NothingIsSentTooLate":     nothingIsSentTooLate,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, arrived := open(t)
			test(t, m, arrived)
		})
	}
}

func letterTo(address string) auth.Mail {
	return auth.Mail{ID: ID(), To: address, Subject: "Set a new password", Text: "Open this:\n\nhttps://shop.example/?token=abc\n"}
}

func sentMailArrives(t *testing.T, m auth.Mailer, arrived func() []auth.Mail) {
	plain, odd := letterTo("ada@example.com"), letterTo("o'hara+shop@example.com")
	odd.Subject = "Пароль für dich"
	odd.Text = "Grüße\n.\n..\nFrom here\nSubject: none\n\tTab = 100 %\n" + strings.Repeat("long ", 300) + "end\n"

	require.NoError(t, m.Send(t.Context(), plain))
	require.NoError(t, m.Send(t.Context(), odd))

	require.Equal(t, []auth.Mail{plain, odd}, arrived())
}

func mailsAtOnceAllArrive(t *testing.T, m auth.Mailer, arrived func() []auth.Mail) {
	const n = 12
	want := make([]auth.Mail, n)
	failures := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		want[i] = letterTo(fmt.Sprintf("person-%d@example.com", i))
		wg.Go(func() { failures[i] = m.Send(t.Context(), want[i]) })
	}
	wg.Wait()

	require.NoError(t, errors.Join(failures...))
	require.ElementsMatch(t, want, arrived())
}

func whatIsNoAddressIsRefused(t *testing.T, m auth.Mailer, arrived func() []auth.Mail) {
	for _, address := range []string{
		"", "ada", "ada@", "@example.com", "ada@example.com, eve@example.com", "Ada <ada@example.com>",
		"ada@example.com\r\nBcc: eve@example.com", "ada@example.com\nBcc: eve@example.com", "ada@example.com>\r\nDATA",
	} {
		require.ErrorIs(t, m.Send(t.Context(), letterTo(address)), auth.ErrMailRefused, "%q", address)
	}
	require.Empty(t, arrived())
}

func nothingIsSentTooLate(t *testing.T, m auth.Mailer, arrived func() []auth.Mail) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	err := m.Send(ctx, letterTo("ada@example.com"))

	require.Error(t, err)
	require.NotErrorIs(t, err, auth.ErrMailRefused, "it was not tried")
	require.Empty(t, arrived())
}
