package logmailer_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
	"stockroom/services/auth/adapters/logmailer"
	"stockroom/services/auth/authtest"
)

func TestMailer(t *testing.T) {
	t.Parallel()

	authtest.TestMailer(t, func(t *testing.T) (auth.Mailer, func() []auth.Mail) {
		var mu sync.Mutex // of the handler: it writes whole lines
		var log bytes.Buffer
		handler := slog.NewJSONHandler(&guarded{&mu, &log}, nil)
		return logmailer.New(slog.New(handler)), func() (mails []auth.Mail) {
			mu.Lock()
			defer mu.Unlock()
			for line := range bytes.Lines(log.Bytes()) {
				var m auth.Mail
				require.NoError(t, json.Unmarshal(line, &m))
				mails = append(mails, m)
			}
			return mails
		}
	})
}

type guarded struct {
	mu  *sync.Mutex
	log *bytes.Buffer
}

func (g *guarded) Write(line []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.log.Write(line)
}
