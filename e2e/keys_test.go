package e2e_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/e2e/stack"
)

// TestNoTokenIsRefusedWhileKeysRotate uses tokens, new ones and old ones, at
// every service that verifies them, while one signing key follows another.
func TestNoTokenIsRefusedWhileKeysRotate(t *testing.T) {
	skipGiven(t)
	w := openWorld(t, stack.Processes(t, stack.Options{Auth: map[string]string{"KEY_LEAD": "5s"}}))

	var stop atomic.Bool
	var used atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			session := w.signIn(t, w.system.Admin.Username, w.system.Admin.Password)
			oldest := session.AccessToken
			for !stop.Load() && !t.Failed() {
				session = w.refresh(t, session.RefreshToken).want(http.StatusOK).tokens()
				for _, token := range []string{session.AccessToken, oldest} {
					w.as(token).quick(t, http.MethodGet, mePath, nil, http.StatusOK)
					w.as(token).quick(t, http.MethodGet, "/api/v1/users?page_size=1", nil, http.StatusOK)
					w.as(token).quick(t, http.MethodDelete, productsPath+"/01890a5d-ac96-774b-bcce-b302099a8057", nil, http.StatusNotFound)
					used.Add(3)
				}
			}
		})
	}
	session := w.signIn(t, w.system.Admin.Username, w.system.Admin.Password)
	signsNow := func() string {
		session = w.refresh(t, session.RefreshToken).want(http.StatusOK).tokens()
		return kidOf(t, session.AccessToken)
	}
	const rounds = 3
	for range rounds {
		next := w.system.RotateKeys(t)
		require.NotEqual(t, next, signsNow(), "it is published first")
		require.Eventually(t, func() bool { return signsNow() == next }, time.Minute, 50*time.Millisecond, "the new key never signs")
	}
	stop.Store(true)
	wg.Wait()
	t.Logf("%d uses of tokens during %d rotations", used.Load(), rounds)
	require.Greater(t, used.Load(), int64(100))
}

func kidOf(t *testing.T, token string) string {
	t.Helper()
	head, _, _ := strings.Cut(token, ".")
	text, err := base64.RawURLEncoding.DecodeString(head)
	require.NoError(t, err)
	var header struct {
		Kid string `json:"kid"`
	}
	require.NoError(t, json.Unmarshal(text, &header))
	return header.Kid
}
