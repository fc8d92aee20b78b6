package smtpmailer_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/auth/adapters/smtpmailer"
)

// Whatever is wrong with the configuration of mail, its failure repeats no
// password; and a password is sent to no server without TLS.
func FuzzURL(f *testing.F) {
	for _, around := range [][2]string{
		{"smtp://shop:", "@mail.example:587"}, {"smtps://shop:", "@mail.example"}, {"smtp://shop:", "@localhost?tls=none"},
		{"smtp://:", "@mail.example:port"}, {"smtp://shop:", "/@mail.example"}, {"smtp://shop:%zz", "@mail.example"},
		{"", ""}, {"smtp://[::1", "]@"}, {"SMTP://shop:", "@mail.example/#?tls=none"},
	} {
		f.Add(around[0], around[1], from)
	}
	f.Add("smtps://shop:", "@mail.example", "Shop\r\nBcc: all@shop.example <no-reply@shop.example>")
	f.Fuzz(func(t *testing.T, before, after, from string) {
		const password = "Tz8vB2qLx0Rw"
		_, err := smtpmailer.New(before+password+after, from, nil)
		if err != nil {
			require.NotContains(t, err.Error(), password)
			return
		}
		inTheOpen := strings.HasSuffix(after, "?tls=none") && strings.Contains(before+after, "@")
		require.False(t, inTheOpen, before+password+after)
	})
}
