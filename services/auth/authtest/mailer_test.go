package authtest_test

import (
	"testing"

	"stockroom/services/auth"
	"stockroom/services/auth/authtest"
)

func TestMailer(t *testing.T) {
	t.Parallel()

	authtest.TestMailer(t, func(*testing.T) (auth.Mailer, func() []auth.Mail) {
		m := new(authtest.Mailer)
		return m, m.Mails
	})
}
