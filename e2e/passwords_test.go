package e2e_test

import (
	"io"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	passwordPath = "/api/v1/auth/password"
	resetPath    = "/api/v1/auth/password-reset"
	other        = "Other-Horse-8"
)

var passwordChecks = map[string]check{
	"OwnPasswordKeepsTheOwnSession": ownPasswordKeepsTheOwnSession,
	"OwnPasswordNeedsTheOldOne":     ownPasswordNeedsTheOldOne,
	"ForgottenPasswordIsReplaced":   forgottenPasswordIsReplaced,
	"AskingTellsNothing":            askingTellsNothing,
	"ResetEndsWithTheAccount":       resetEndsWithTheAccount,
}

// mailDelay is how long a mail may take, on a busy machine.
const mailDelay = 30 * time.Second

// mails returns the texts of the mails to an email.
func (w *world) mails(t *testing.T, email string) (texts []string) {
	t.Helper()
	for _, got := range w.system.Mail.Mails() {
		if got.To != email {
			continue
		}
		msg, err := mail.ReadMessage(strings.NewReader(got.Data))
		require.NoError(t, err)
		text, err := io.ReadAll(quotedprintable.NewReader(msg.Body))
		require.NoError(t, err)
		texts = append(texts, string(text))
	}
	return texts
}

var mailedLink = regexp.MustCompile(`https://shop\.example/(reset|verify)\?token=([A-Za-z0-9_-]+)`)

// mailed waits for the n-th mail to an email, and returns the token in it.
func (w *world) mailed(t *testing.T, email, page string, n int) string {
	t.Helper()
	eventually(t, mailDelay, "the mail arrives", func() bool { return len(w.mails(t, email)) >= n })
	found := mailedLink.FindStringSubmatch(w.mails(t, email)[n-1])
	require.NotNil(t, found)
	require.Equal(t, page, found[1])
	return found[2]
}

func (w *world) needsMail(t *testing.T) {
	t.Helper()
	if w.system.Mail == nil {
		t.Skip("its mails do not come here; the other forms are tested")
	}
}

func ownPasswordKeepsTheOwnSession(t *testing.T, w *world) {
	a := w.register(t)
	own, elsewhere := w.signIn(t, a.Username, password), w.signIn(t, a.Username, password)

	next := w.as(own.AccessToken).post(t, passwordPath, fields{"current_password": password, "new_password": other}).want(http.StatusOK).tokens()

	require.NotEqual(t, own.RefreshToken, next.RefreshToken)
	require.Equal(t, a.ID, w.as(next.AccessToken).get(t, mePath).want(http.StatusOK).account().ID)
	for _, old := range []string{own.AccessToken, elsewhere.AccessToken} {
		eventually(t, rightsDelay, "old tokens end", func() bool {
			return w.as(old).get(t, mePath).StatusCode == http.StatusUnauthorized
		})
	}
	w.refresh(t, elsewhere.RefreshToken).refused(http.StatusUnauthorized, "session_revoked")
	w.refresh(t, next.RefreshToken).want(http.StatusOK)
	w.anyone().post(t, jsonPath, fields{"username": a.Username, "password": password}).refused(http.StatusUnauthorized, "invalid_credentials")
	w.signIn(t, a.Username, other)
}

func ownPasswordNeedsTheOldOne(t *testing.T, w *world) {
	a, c := w.user(t)
	c.post(t, passwordPath, fields{"current_password": other, "new_password": other}).refused(http.StatusForbidden, "reauthentication_required", "/current_password")
	c.post(t, passwordPath, fields{"current_password": password, "new_password": "weak"}).invalid("/new_password")
	c.post(t, passwordPath, fields{}).invalid("/current_password", "/new_password")
	w.anyone().post(t, passwordPath, fields{"current_password": password, "new_password": other}).refused(http.StatusUnauthorized, "unauthenticated")
	w.signIn(t, a.Username, password)
}

func forgottenPasswordIsReplaced(t *testing.T, w *world) {
	w.needsMail(t)
	a := w.register(t)
	session := w.signIn(t, a.Username, password)
	ask := func(n int) string {
		require.Empty(t, w.anyone().post(t, resetPath, fields{"email": strings.ToUpper(a.Email)}).want(http.StatusAccepted).body)
		return w.mailed(t, a.Email, "reset", n)
	}
	confirm := func(token, password string) answer {
		return w.anyone().post(t, resetPath+"/confirm", fields{"token": token, "new_password": password})
	}
	first, second := ask(1), ask(2)

	confirm(second, "weak").invalid("/new_password")
	confirm(second+"x", other).invalid("/token")
	confirm(second, other).want(http.StatusNoContent)

	confirm(second, password).invalid("/token")
	confirm(first, password).invalid("/token")
	w.refresh(t, session.RefreshToken).refused(http.StatusUnauthorized, "session_revoked")
	eventually(t, rightsDelay, "old tokens end", func() bool {
		return w.as(session.AccessToken).get(t, mePath).StatusCode == http.StatusUnauthorized
	})
	w.signIn(t, a.Username, other)
	w.anyone().post(t, jsonPath, fields{"username": a.Username, "password": password}).refused(http.StatusUnauthorized, "invalid_credentials")
}

// askingTellsNothing compares what is answered, where mail is sent and where not.
func askingTellsNothing(t *testing.T, w *world) {
	a := w.register(t)
	known := w.anyone().post(t, resetPath, fields{"email": a.Email})
	unknown := w.anyone().post(t, resetPath, fields{"email": unique("nobody") + "@example.com"})
	if w.system.Mail != nil {
		known.want(http.StatusAccepted)
	}
	require.Equal(t, known.StatusCode, unknown.StatusCode)
	if known.StatusCode == http.StatusAccepted {
		require.Empty(t, known.body)
		require.Empty(t, unknown.body)
	}
	w.anyone().post(t, resetPath, fields{"email": ""}).invalid("/email")
	w.anyone().post(t, resetPath, fields{}).invalid("/email")
}

func resetEndsWithTheAccount(t *testing.T, w *world) {
	w.needsMail(t)
	a := w.register(t)
	w.anyone().post(t, resetPath, fields{"email": a.Email}).want(http.StatusAccepted)
	token := w.mailed(t, a.Email, "reset", 1)

	w.admin(t).delete(t, a.path()).want(http.StatusNoContent)

	w.anyone().post(t, resetPath+"/confirm", fields{"token": token, "new_password": other}).invalid("/token")
}
