package smtpmailer_test

import (
	"context"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/testkit/smtpserver"
	"stockroom/services/auth"
	"stockroom/services/auth/adapters/smtpmailer"
	"stockroom/services/auth/authtest"
)

const from = "Shop <no-reply@shop.example>"

func TestMailer(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		options smtpserver.Options
		url     func(addr string) string
	}{
		"Plain":    {smtpserver.Options{}, func(addr string) string { return "smtp://" + addr + "?tls=none" }},
		"StartTLS": {smtpserver.Options{TLS: true, User: "shop", Password: "s3:/@"}, func(addr string) string { return "smtp://shop:s3%3A%2F%40@" + addr }},
		"Implicit": {smtpserver.Options{Implicit: true, User: "shop", Password: "s3"}, func(addr string) string { return "smtps://shop:s3@" + addr }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			authtest.TestMailer(t, func(t *testing.T) (auth.Mailer, func() []auth.Mail) {
				server := smtpserver.New(t, tt.options)
				m, err := smtpmailer.New(tt.url(server.Addr()), from, server.Roots())
				require.NoError(t, err)
				return m, func() []auth.Mail { return arrived(t, server) }
			})
		})
	}
}

// arrived reads what the server got as a reader of mail would.
func arrived(t *testing.T, server *smtpserver.Server) (mails []auth.Mail) {
	t.Helper()
	for _, got := range server.Mails() {
		require.Equal(t, "no-reply@shop.example", got.From)
		msg, err := mail.ReadMessage(strings.NewReader(got.Data))
		require.NoError(t, err)
		require.Equal(t, "auto-generated", msg.Header.Get("Auto-Submitted"))
		require.Equal(t, "\"Shop\" <no-reply@shop.example>", msg.Header.Get("From"))
		_, err = msg.Header.Date()
		require.NoError(t, err)
		to, err := msg.Header.AddressList("To")
		require.NoError(t, err)
		require.Len(t, to, 1)
		require.Equal(t, got.To, to[0].Address)
		subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
		require.NoError(t, err)
		require.Equal(t, "quoted-printable", msg.Header.Get("Content-Transfer-Encoding"))
		text, err := io.ReadAll(quotedprintable.NewReader(msg.Body))
		require.NoError(t, err)
		id, ok := strings.CutSuffix(strings.TrimPrefix(msg.Header.Get("Message-ID"), "<"), "@shop.example>")
		require.True(t, ok)
		mails = append(mails, auth.Mail{ID: id, To: got.To, Subject: subject, Text: strings.ReplaceAll(string(text), "\r\n", "\n")})
	}
	return mails
}

func TestAnswersOfTheServer(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		code    int
		refused bool
	}{
		"NoSuchMailbox": {550, true}, "TooBusy": {451, false}, "MailboxFull": {452, false}, "NotLetIn": {530, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := smtpserver.New(t, smtpserver.Options{Receive: func(to string) error {
				return smtpserver.Refusal(tt.code, "<"+to+"> not today")
			}})
			m, err := smtpmailer.New("smtp://"+server.Addr()+"?tls=none", from, nil)
			require.NoError(t, err)

			err = m.Send(t.Context(), auth.Mail{ID: authtest.ID(), To: "ada@example.com", Subject: "Hi", Text: "Hi\n"})

			require.Error(t, err)
			if tt.refused {
				require.ErrorIs(t, err, auth.ErrMailRefused)
			} else {
				require.NotErrorIs(t, err, auth.ErrMailRefused)
			}
			require.NotContains(t, err.Error(), "ada@example.com", "it is for the log")
		})
	}
}

func TestNothingIsSentToTheWrongOnes(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		options smtpserver.Options
		url     func(addr string) string
		trust   bool
	}{
		"NoTLSOffered":  {smtpserver.Options{}, func(addr string) string { return "smtp://" + addr }, true},
		"UnknownIssuer": {smtpserver.Options{TLS: true}, func(addr string) string { return "smtp://" + addr }, false},
		"OtherName":     {smtpserver.Options{TLS: true}, func(addr string) string { return "smtp://" + strings.Replace(addr, "127.0.0.1", "localhost", 1) }, true},
		"OtherIssuer":   {smtpserver.Options{Implicit: true}, func(addr string) string { return "smtps://" + addr }, false},
		"WrongPassword": {smtpserver.Options{TLS: true, User: "shop", Password: "right"}, func(addr string) string { return "smtp://shop:hush-hush@" + addr }, true},
		"NoPassword":    {smtpserver.Options{TLS: true, User: "shop", Password: "right"}, func(addr string) string { return "smtp://" + addr }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := smtpserver.New(t, tt.options)
			roots := server.Roots()
			if !tt.trust {
				roots = nil
			}
			m, err := smtpmailer.New(tt.url(server.Addr()), from, roots)
			require.NoError(t, err)

			err = m.Send(t.Context(), auth.Mail{ID: authtest.ID(), To: "ada@example.com", Subject: "Hi", Text: "Hi\n"})

			require.Error(t, err)
			require.NotErrorIs(t, err, auth.ErrMailRefused, "an operator can change that")
			require.NotContains(t, err.Error(), "hush-hush")
			require.Empty(t, server.Mails())
		})
	}
}

func TestSilentServerIsNotWaitedFor(t *testing.T) {
	t.Parallel()

	release := make(chan struct{})
	server := smtpserver.New(t, smtpserver.Options{Receive: func(string) error { <-release; return nil }})
	t.Cleanup(func() { close(release) }) // before the server waits for its connections
	m, err := smtpmailer.New("smtp://"+server.Addr()+"?tls=none", from, nil)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()

	err = m.Send(ctx, auth.Mail{ID: authtest.ID(), To: "ada@example.com", Subject: "Hi", Text: "Hi\n"})

	require.Error(t, err)
	require.NotErrorIs(t, err, auth.ErrMailRefused)
}

func TestServerMayBeAway(t *testing.T) {
	t.Parallel()
	server := smtpserver.New(t, smtpserver.Options{})
	m, err := smtpmailer.New("smtp://"+server.Addr()+"?tls=none", from, nil)
	require.NoError(t, err)
	x := auth.Mail{ID: authtest.ID(), To: "ada@example.com", Subject: "Hi", Text: "Hi\n"}
	server.Stop()
	require.Error(t, m.Send(t.Context(), x))

	server.Start()

	require.NoError(t, m.Send(t.Context(), x))
	require.Equal(t, []auth.Mail{x}, arrived(t, server))
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct{ url, from, want string }{
		"NoURL":          {"", from, "smtp://"},
		"OtherScheme":    {"http://hush@mail.example", from, "smtp://"},
		"NoHost":         {"smtp://hush@:25", from, "smtp://"},
		"Unreadable":     {"smtp://hush:%zz@mail.example", from, "smtp://"},
		"Path":           {"smtp://hush@mail.example/inbox", from, "smtp://"},
		"OtherTLS":       {"smtp://hush@mail.example?tls=maybe", from, "tls=none"},
		"TLSWithoutTLS":  {"smtps://hush@mail.example?tls=none", from, "tls=none"},
		"PasswordInOpen": {"smtp://shop:hush@mail.example?tls=none", from, "without TLS"},
		"NoSender":       {"smtp://mail.example", "", "sender"},
		"OddSender":      {"smtp://mail.example", "no-reply@shop.example\nBcc: eve@example.com", "sender"},
	} {
		_, err := smtpmailer.New(tt.url, tt.from, nil)
		require.ErrorContains(t, err, tt.want, name)
		require.NotContains(t, err.Error(), "hush", name)
	}
}
