// Package smtpmailer hands mails over to an SMTP server (RFC 5321, and RFC 6409
// for submission).
package smtpmailer

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"stockroom/services/auth"
)

// Mailer sends mails, each over a connection of its own.
type Mailer struct {
	server server
	from   *mail.Address
	domain string // of from
	tls    *tls.Config
}

var _ auth.Mailer = (*Mailer)(nil)

// New returns a mailer to the server at rawURL, from an address with or without
// a name. roots vouch for the server; nil: those that the machine trusts.
//
// smtps:// is TLS from the first byte on, smtp:// by STARTTLS, without which
// nothing is sent; ?tls=none gives that up, for a server on the same machine or
// behind a tunnel. No failure repeats the URL, which may hold a password.
func New(rawURL, from string, roots *x509.CertPool) (*Mailer, error) {
	srv, err := parse(rawURL)
	if err != nil {
		return nil, err
	}
	address, err := mail.ParseAddress(from)
	if err != nil {
		return nil, errFrom
	}
	_, domain, _ := strings.Cut(address.Address, "@")
	return &Mailer{
		server: srv, from: address, domain: domain,
		tls: &tls.Config{ServerName: srv.host, RootCAs: roots, MinVersion: tls.VersionTLS12},
	}, nil
}

// whole is how long one mail may take if the caller sets no limit.
const whole = time.Minute

// Send implements [auth.Mailer].
func (m *Mailer) Send(ctx context.Context, x auth.Mail) error {
	msg, err := m.message(x)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, whole)
	defer cancel()
	conn, err := m.dial(ctx)
	if err != nil {
		return fmt.Errorf("connect to mail server: %w", err)
	}
	defer conn.Close() //nolint:errcheck // what matters has been answered
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()

	client, err := m.client(ctx, conn)
	if err != nil {
		return fmt.Errorf("prepare mail client: %w", err)
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("greet mail server: %w", err)
	}
	if err := client.SendWithSMTPClient(session, msg); err != nil {
		return failure(err)
	}
	_ = client.CloseWithSMTPClient(session) // it was taken over, however the goodbye goes
	return nil
}

func (m *Mailer) dial(ctx context.Context) (net.Conn, error) {
	if m.server.mode == implicit {
		return (&tls.Dialer{Config: m.tls}).DialContext(ctx, "tcp", m.server.addr())
	}
	return new(net.Dialer).DialContext(ctx, "tcp", m.server.addr())
}

// client returns a client for one mail over conn, which is closed here whatever
// the client does with it.
func (m *Mailer) client(ctx context.Context, conn net.Conn) (*gomail.Client, error) {
	options := []gomail.Option{
		gomail.WithTimeout(left(ctx)),
		gomail.WithTLSConfig(m.tls),
		gomail.WithoutNoop(),
		gomail.WithDialContextFunc(func(context.Context, string, string) (net.Conn, error) { return conn, nil }),
	}
	if m.server.mode == startTLS {
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	} else {
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS)) // over what there is
	}
	if m.server.user != "" {
		options = append(options,
			gomail.WithUsername(m.server.user), gomail.WithPassword(m.server.password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return gomail.NewClient(m.server.host, options...)
}

func left(ctx context.Context) time.Duration {
	deadline, _ := ctx.Deadline() // there is one
	return max(time.Until(deadline), time.Millisecond)
}

func (m *Mailer) message(x auth.Mail) (*gomail.Msg, error) {
	to, err := mail.ParseAddress(x.To)
	if err != nil || to.Address != x.To {
		return nil, auth.ErrMailRefused.Because("it goes to no address")
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(m.from)
	msg.ToMailAddress(&mail.Address{Address: to.Address})
	msg.Subject(x.Subject)
	msg.SetMessageIDWithValue(x.ID + "@" + m.domain) // who gets it twice can tell
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, x.Text)
	return msg, nil
}

// failure says what went wrong without the texts of the server, which repeat the
// address.
func failure(err error) error {
	e, ok := errors.AsType[*gomail.SendError](err)
	if !ok {
		return fmt.Errorf("send mail: %w", err)
	}
	said := fmt.Errorf("%s: code %d %s", e.Reason, e.ErrorCode(), e.EnhancedStatusCode())
	if final(e) {
		return fmt.Errorf("%w: %w", auth.ErrMailRefused, said)
	}
	return said
}

// final reports whether the server will never take this very mail. That it does
// not let in the client, or does not know its sender, an operator can change.
func final(e *gomail.SendError) bool {
	const authRequired, authFailed = 530, 535
	switch e.Reason {
	case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
		return e.ErrorCode() >= 500 && e.ErrorCode() != authRequired && e.ErrorCode() != authFailed
	}
	return false
}
