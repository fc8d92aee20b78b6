// Package logmailer writes mails into the log instead of sending them, for
// development: whoever reads the log can do what the mails allow.
package logmailer

import (
	"context"
	"log/slog"
	"net/mail"

	"stockroom/services/auth"
)

// Mailer writes mails into a log.
type Mailer struct {
	log *slog.Logger
}

var _ auth.Mailer = (*Mailer)(nil)

// New returns a mailer that writes to log.
func New(log *slog.Logger) *Mailer {
	return &Mailer{log}
}

// Send implements [auth.Mailer].
func (m *Mailer) Send(ctx context.Context, x auth.Mail) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if to, err := mail.ParseAddress(x.To); err != nil || to.Address != x.To {
		return auth.ErrMailRefused.Because("it goes to no address")
	}
	// Nobody else will hear of it, so it is a warning: those are always shown.
	m.log.WarnContext(ctx, "mail that is not sent", "id", x.ID, "to", x.To, "subject", x.Subject, "text", x.Text)
	return nil
}
