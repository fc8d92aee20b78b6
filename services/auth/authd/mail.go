package authd

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"stockroom/services/auth"
	"stockroom/services/auth/adapters/logmailer"
	"stockroom/services/auth/adapters/smtpmailer"
)

const (
	deliverEvery = time.Second     // what was not sent, what waits for an account, and what others left
	countEvery   = 5 * time.Second // how many mails wait
)

var (
	errVerification = errors.New("STOCKROOM_EMAIL_VERIFICATION must be off, optional or required")
	errNeedsMail    = errors.New("STOCKROOM_EMAIL_VERIFICATION is required, and cannot be without STOCKROOM_SMTP_URL")
)

// mails tells whether there is a way to send any. In development the log is one;
// in production it would give away accounts to all who read it.
func (c Config) mails() bool { return c.SMTPURL != "" || c.Env == "development" }

func (c Config) checkMail() error {
	switch auth.Verification(c.EmailVerification) {
	case auth.VerificationOff, auth.VerificationOptional:
	case auth.VerificationRequired:
		if !c.mails() {
			return errNeedsMail
		}
	default:
		return errVerification
	}
	return errors.Join(checkLink("STOCKROOM_RESET_URL", c.ResetURL), checkLink("STOCKROOM_VERIFY_URL", c.VerifyURL))
}

func checkLink(name, link string) error {
	if link == "" {
		return nil
	}
	u, err := url.Parse(strings.ReplaceAll(link, auth.TokenMark, "token"))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || !strings.Contains(link, auth.TokenMark) {
		return fmt.Errorf("%s must be the URL of a page, with %s where the token belongs", name, auth.TokenMark)
	}
	return nil
}

// newMailer returns what the configuration names to send mails with, or nil.
func (s *Server) newMailer() (auth.Mailer, error) {
	switch {
	case s.cfg.SMTPURL != "":
		m, err := smtpmailer.New(s.cfg.SMTPURL, s.cfg.MailFrom, nil)
		if err != nil {
			return nil, fmt.Errorf("STOCKROOM_SMTP_URL, STOCKROOM_MAIL_FROM: %w", err)
		}
		return m, nil
	case s.cfg.mails():
		return logmailer.New(s.log), nil
	}
	return nil, nil
}

// deliverUntil sends mails as they come up.
func (s *Server) deliverUntil(ctx context.Context) error {
	if !s.cfg.mails() {
		s.log.InfoContext(ctx, "STOCKROOM_SMTP_URL is not set: no mail is sent, and nobody can reset a password by it")
		return nil
	}
	tick := time.NewTicker(deliverEvery)
	defer tick.Stop()
	for {
		if err := s.courier.Deliver(ctx); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "not all mails sent", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.courier.Wake():
		case <-tick.C:
		}
	}
}

// outbox is how many mails waited when it was last looked at, and since when.
type outbox struct {
	waiting atomic.Int64
	oldest  atomic.Int64 // microseconds since 1970; zero if none waits
}

func (s *Server) countUntil(ctx context.Context) error {
	tick := time.NewTicker(countEvery)
	defer tick.Stop()
	for {
		n, oldest, err := s.db.letters.Waiting(ctx)
		if err == nil { // else it is told of elsewhere, and the last number stays
			s.outbox.waiting.Store(int64(n))
			s.outbox.oldest.Store(0)
			if n > 0 {
				s.outbox.oldest.Store(oldest.UnixMicro())
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (s *Server) measureMail() {
	t := s.telemetry
	t.Counter("mails_sent_total", "Mails that were taken over by the mail server.", func() float64 { return float64(s.courier.Sent()) })
	t.Counter("mail_failures_total", "Times that a mail was not taken over, or was given up.", func() float64 { return float64(s.courier.Failed()) })
	t.Gauge("mail_outbox_depth", "Mails that wait to be sent.", func() float64 { return float64(s.outbox.waiting.Load()) })
	t.Gauge("mail_outbox_age_seconds", "How long the oldest of them has waited.", func() float64 {
		oldest := s.outbox.oldest.Load()
		if oldest == 0 {
			return 0
		}
		return time.Since(time.UnixMicro(oldest)).Seconds()
	})
}
