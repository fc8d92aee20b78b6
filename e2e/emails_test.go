package e2e_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
)

const verificationPath = "/api/v1/auth/email-verification"

var emailChecks = map[string]check{
	"EmailIsVerifiedByMail":         emailIsVerifiedByMail,
	"ChangedEmailIsNotVerified":     changedEmailIsNotVerified,
	"VerificationNeedsSomebody":     verificationNeedsSomebody,
	"NobodyVerifiesTheirOwnAccount": nobodyVerifiesTheirOwnAccount,
}

func (w *world) verify(t *testing.T, token string) answer {
	t.Helper()
	return w.anyone().post(t, verificationPath+"/confirm", fields{"token": token})
}

func emailIsVerifiedByMail(t *testing.T, w *world) {
	w.needsMail(t)
	a, c := w.user(t)
	require.False(t, a.EmailVerified)
	require.Empty(t, c.post(t, verificationPath, nil).want(http.StatusAccepted).body)

	w.verify(t, w.mailed(t, a.Email, "verify", 1)).want(http.StatusNoContent)

	require.True(t, c.get(t, mePath).want(http.StatusOK).account().EmailVerified)
	require.True(t, c.get(t, a.path()).want(http.StatusOK).account().EmailVerified)
	w.verify(t, w.mailed(t, a.Email, "verify", 1)).invalid("/token")
}

func changedEmailIsNotVerified(t *testing.T, w *world) {
	w.needsMail(t)
	a, c := w.user(t)
	c.post(t, verificationPath, nil).want(http.StatusAccepted)
	token := w.mailed(t, a.Email, "verify", 1)
	email := unique("new") + "@example.com"
	c.put(t, a.path(), fields{"email": email}).want(http.StatusOK)

	w.verify(t, token).invalid("/token")

	require.False(t, c.get(t, mePath).want(http.StatusOK).account().EmailVerified)
	w.anyone().post(t, verificationPath, fields{"email": email}).want(http.StatusAccepted)
	w.verify(t, w.mailed(t, email, "verify", 1)).want(http.StatusNoContent)
	require.True(t, c.get(t, mePath).want(http.StatusOK).account().EmailVerified)
	require.False(t, c.put(t, a.path(), fields{"email": a.Email}).want(http.StatusOK).account().EmailVerified)
}

func verificationNeedsSomebody(t *testing.T, w *world) {
	w.anyone().post(t, verificationPath, nil).refused(http.StatusUnauthorized, "unauthenticated")
	w.as("bad").post(t, verificationPath, nil).refused(http.StatusUnauthorized, "invalid_token")
	w.anyone().post(t, verificationPath, fields{"email": " "}).invalid("/email")
	w.verify(t, "wrong").invalid("/token")
}

func nobodyVerifiesTheirOwnAccount(t *testing.T, w *world) {
	a, c := w.user(t)
	require.False(t, c.put(t, a.path(), fields{"email_verified": true}).want(http.StatusOK).account().EmailVerified)
	require.True(t, w.admin(t).get(t, mePath).want(http.StatusOK).account().EmailVerified, "an operator vouches")
}

// TestUnverifiedAreNotLetIn is about a system where verification is required.
func TestUnverifiedAreNotLetIn(t *testing.T) {
	t.Parallel()
	skipGiven(t)
	w := openWorld(t, stack.Child(t, stack.Options{Verification: "required"}))
	a := w.register(t)
	signIn := func(password string) answer {
		return w.anyone().post(t, jsonPath, fields{"username": a.Username, "password": password})
	}
	signIn(password).refused(http.StatusForbidden, "email_unverified")
	signIn(other).refused(http.StatusUnauthorized, "invalid_credentials")
	token := w.mailed(t, a.Email, "verify", 1) // as they have registered
	w.anyone().post(t, verificationPath, fields{"email": a.Email}).want(http.StatusAccepted)
	again := w.mailed(t, a.Email, "verify", 2)
	require.NotEqual(t, token, again)

	w.verify(t, again).want(http.StatusNoContent)

	signIn(password).want(http.StatusOK)
}

// TestKilledSystemLosesNoMail kills it while a mail is on its way. What was
// claimed is due again after a minute.
func TestKilledSystemLosesNoMail(t *testing.T) {
	t.Parallel()
	skipGiven(t)
	s := stack.Child(t, stack.Options{})
	w := openWorld(t, s)
	a := w.register(t)
	s.Mail.Stop()
	w.anyone().post(t, resetPath, fields{"email": a.Email}).want(http.StatusAccepted)
	s.Processes["stockroom"].Kill()
	s.Mail.Start()
	s.Processes["stockroom"].Start(t)
	s.Await(t)

	eventually(t, 2*time.Minute, "the mail arrives all the same", func() bool { return len(w.mails(t, a.Email)) == 1 })

	w.anyone().post(t, resetPath+"/confirm", fields{"token": w.mailed(t, a.Email, "reset", 1), "new_password": other}).want(http.StatusNoContent)
}
