package stack

import (
	"maps"
	"testing"

	"stockroom/pkg/testkit/smtpserver"
	"stockroom/standalone"
)

const (
	mailFrom  = "Shop <no-reply@shop.example>"
	resetURL  = "https://shop.example/reset?token={token}"
	verifyURL = "https://shop.example/verify?token={token}"
)

// postOffice starts a mail server for a system.
func postOffice(tb testing.TB) *smtpserver.Server {
	tb.Helper()
	return smtpserver.New(tb, smtpserver.Options{})
}

func smtpURL(s *smtpserver.Server) string { return "smtp://" + s.Addr() + "?tls=none" }

// withMail adds to the environment of what sends mail how it does.
func withMail(env map[string]string, s *smtpserver.Server, o Options) map[string]string {
	maps.Copy(env, map[string]string{
		"SMTP_URL": smtpURL(s), "MAIL_FROM": mailFrom, "RESET_URL": resetURL, "VERIFY_URL": verifyURL,
	})
	if o.Verification != "" {
		env["EMAIL_VERIFICATION"] = o.Verification
	}
	return env
}

func mail(s *smtpserver.Server) standalone.Mail {
	return standalone.Mail{SMTPURL: smtpURL(s), From: mailFrom, ResetURL: resetURL, VerifyURL: verifyURL}
}
