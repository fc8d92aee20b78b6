package authd_test

import (
	"context"
	"io"
	"log/slog"
	"mime/quotedprintable"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/telemetry"
	"stockroom/pkg/testkit"
	"stockroom/pkg/testkit/smtpserver"
	"stockroom/services/auth/authd"
)

const (
	better   = "Better-Horse-8"
	patience = 30 * time.Second
)

// post sends a body to the public door and returns the status.
func post(t *testing.T, s *authd.Server, path, body string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+s.Addr()+"/api/v1/auth"+path, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return res.StatusCode
}

func reset(t *testing.T, s *authd.Server, token string) {
	t.Helper()
	require.Equal(t, http.StatusNoContent, post(t, s, "/password-reset/confirm", `{"token":"`+token+`","new_password":"`+better+`"}`))
	require.Equal(t, http.StatusOK, post(t, s, "/login/json", `{"username":"root","password":"`+better+`"}`))
}

func TestResetGoesByMail(t *testing.T) {
	t.Parallel()
	_, users := newUsers(t)
	inbox := smtpserver.New(t, smtpserver.Options{})
	cfg := config(t, users)
	cfg.SMTPURL, cfg.MailFrom = "smtp://"+inbox.Addr()+"?tls=none", "Shop <no-reply@shop.example>"
	cfg.ResetURL = "https://shop.example/reset?token={token}"
	s := start(t, cfg)
	signIn(t, s)

	require.Equal(t, http.StatusAccepted, post(t, s, "/password-reset", `{"email":"root@example.com"}`))

	require.Eventually(t, func() bool { return len(inbox.Mails()) == 1 }, patience, 5*time.Millisecond)
	_, body, _ := strings.Cut(inbox.Mails()[0].Data, "\r\n\r\n")
	text, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(body)))
	require.NoError(t, err)
	found := regexp.MustCompile(`https://shop\.example/reset\?token=(\S+)`).FindSubmatch(text)
	require.NotNil(t, found, string(text))
	reset(t, s, string(found[1]))
	metrics := scrape(t, s)
	require.Contains(t, metrics, "\nmails_sent_total 1\n")
	require.Contains(t, metrics, "\nmail_failures_total 0\n")
}

func scrape(t *testing.T, s *authd.Server) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.InternalAddr()+"/metrics", http.NoBody)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return string(text)
}

func TestMailThatWaitsIsCounted(t *testing.T) {
	t.Parallel()
	_, users := newUsers(t)
	cfg := config(t, users)
	cfg.SMTPURL, cfg.MailFrom = "smtp://127.0.0.1:1?tls=none", "no-reply@shop.example"
	s := start(t, cfg)
	signIn(t, s)

	require.Equal(t, http.StatusAccepted, post(t, s, "/password-reset", `{"email":"root@example.com"}`))

	require.Eventually(t, func() bool {
		metrics := scrape(t, s)
		return strings.Contains(metrics, "\nmail_outbox_depth 1\n") && strings.Contains(metrics, "\nmail_failures_total 1\n") &&
			!strings.Contains(metrics, "\nmail_outbox_age_seconds 0\n")
	}, patience, 50*time.Millisecond)
}

// startLogging is start with a log that can be read.
func startLogging(t *testing.T, cfg authd.Config) (*authd.Server, *testkit.Log) {
	t.Helper()
	log := new(testkit.Log)
	voice := telemetry.Discard()
	voice.Log = slog.New(slog.NewJSONHandler(log, nil))
	s, err := authd.New(t.Context(), cfg, listen(t), voice)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	return s, log
}

func TestMailIsShownInTheLogOfDevelopment(t *testing.T) {
	t.Parallel()
	_, users := newUsers(t)
	cfg := config(t, users)
	cfg.Env = "development"
	s, log := startLogging(t, cfg)
	signIn(t, s)

	require.Equal(t, http.StatusAccepted, post(t, s, "/password-reset", `{"email":"root@example.com"}`))

	code := regexp.MustCompile(`\\n([A-Za-z0-9_-]{43})\\n`)
	require.Eventually(t, func() bool { return code.MatchString(log.String()) }, patience, 5*time.Millisecond)
	reset(t, s, code.FindStringSubmatch(log.String())[1])
}

// A token in a log is an account for whoever reads that.
func TestProductionSendsNoMailIntoTheLog(t *testing.T) {
	t.Parallel()
	_, users := newUsers(t)
	s, log := startLogging(t, config(t, users))
	tokens := signIn(t, s)

	for _, email := range []string{"root@example.com", "nobody@example.com"} {
		require.Equal(t, http.StatusServiceUnavailable, post(t, s, "/password-reset", `{"email":"`+email+`"}`))
		require.Equal(t, http.StatusServiceUnavailable, post(t, s, "/email-verification", `{"email":"`+email+`"}`))
	}
	status, out := ask(t, http.MethodPost, "http://"+s.Addr()+"/api/v1/auth/email-verification", "", tokens["access_token"].(string))
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, "dependency_unavailable", out["code"])
	require.Contains(t, log.String(), "STOCKROOM_SMTP_URL is not set")
	require.NotContains(t, log.String(), "mail that is not sent")
}
