package e2e_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const refreshPath = "/api/v1/auth/refresh"

var sessionChecks = map[string]check{
	"RefreshRotates":              refreshRotates,
	"LostAnswerCanBeAskedAgain":   lostAnswerCanBeAskedAgain,
	"OldRefreshTokenIsTheft":      oldRefreshTokenIsTheft,
	"RefreshRefusesWhatIsNoToken": refreshRefusesWhatIsNoToken,
	"KeysAreServed":               keysAreServed,
}

func (w *world) refresh(t *testing.T, token string) answer {
	t.Helper()
	return w.anyone().post(t, refreshPath, fields{"refresh_token": token})
}

func refreshRotates(t *testing.T, w *world) {
	a := w.register(t)
	first := w.signIn(t, a.Username, password)
	second := w.refresh(t, first.RefreshToken).want(http.StatusOK).tokens()
	require.NotEqual(t, first.RefreshToken, second.RefreshToken)
	require.Equal(t, "bearer", second.TokenType)
	require.Equal(t, a.ID, w.as(second.AccessToken).get(t, mePath).want(http.StatusOK).account().ID)
	third := w.refresh(t, second.RefreshToken).want(http.StatusOK).tokens()
	require.NotEqual(t, second.RefreshToken, third.RefreshToken)
}

func lostAnswerCanBeAskedAgain(t *testing.T, w *world) {
	first := w.signIn(t, w.register(t).Username, password)
	one := w.refresh(t, first.RefreshToken).want(http.StatusOK).tokens()
	two := w.refresh(t, first.RefreshToken).want(http.StatusOK).tokens()
	require.Equal(t, one.RefreshToken, two.RefreshToken, "two tabs get the same successor")
}

func oldRefreshTokenIsTheft(t *testing.T, w *world) {
	first := w.signIn(t, w.register(t).Username, password)
	second := w.refresh(t, first.RefreshToken).want(http.StatusOK).tokens()
	third := w.refresh(t, second.RefreshToken).want(http.StatusOK).tokens()

	w.refresh(t, first.RefreshToken).refused(http.StatusUnauthorized, "session_revoked")
	w.refresh(t, third.RefreshToken).refused(http.StatusUnauthorized, "session_revoked")
	w.refresh(t, second.RefreshToken).refused(http.StatusUnauthorized, "session_revoked")
}

func refreshRefusesWhatIsNoToken(t *testing.T, w *world) {
	issued := w.signIn(t, w.register(t).Username, password)
	for _, token := range []string{"garbage", issued.AccessToken, issued.RefreshToken + "x", strings.ToUpper(issued.RefreshToken)} {
		w.refresh(t, token).refused(http.StatusUnauthorized, "invalid_token")
	}
	w.anyone().post(t, refreshPath, fields{}).invalid("/refresh_token")
	w.as(issued.RefreshToken).get(t, mePath).refused(http.StatusUnauthorized, "invalid_token")
	w.refresh(t, issued.RefreshToken).want(http.StatusOK)
}

func keysAreServed(t *testing.T, w *world) {
	var set struct{ Keys []map[string]any }
	res, err := w.http.Get(w.system.URL + "/.well-known/jwks.json") //nolint:noctx // the client has a timeout
	require.NoError(t, err)
	defer res.Body.Close() //nolint:errcheck // it was read
	require.NoError(t, decode(res.Body, &set))
	require.NotEmpty(t, set.Keys)
	for _, key := range set.Keys {
		require.Equal(t, "OKP", key["kty"])
		require.NotContains(t, key, "d", "the private half")
	}
}

// eventually repeats ask until it is content, for at most within.
func eventually(t *testing.T, within time.Duration, why string, ask func() bool) {
	t.Helper()
	require.Eventually(t, ask, within, 5*time.Millisecond, why)
}
