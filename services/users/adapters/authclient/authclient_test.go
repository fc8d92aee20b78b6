package authclient_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/services/users"
	"stockroom/services/users/adapters/authclient"
)

const (
	adaID    = users.AccountID("0190a000-0000-7000-8000-000000000002")
	changeID = users.ChangeID("0190a000-0000-7000-8000-00000000c0de")
)

// request is what auth was asked.
type request struct {
	path, authorization string
	body                map[string]string
}

// serve answers the n-th request, from 1, as answer says, and returns a client
// and what was asked.
func serve(t *testing.T, answer func(n int32, w http.ResponseWriter)) (*authclient.Client, <-chan request) {
	t.Helper()

	var n atomic.Int32
	asked := make(chan request, 10)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := request{path: r.Method + " " + r.URL.Path, authorization: r.Header.Get("Authorization")}
		data, err := io.ReadAll(r.Body)
		if err == nil && len(data) > 0 {
			err = json.Unmarshal(data, &got.body)
		}
		if err != nil {
			t.Error(err)
		}
		asked <- got
		answer(n.Add(1), w)
	}))
	t.Cleanup(srv.Close)
	return authclient.New(srv.URL, "token"), asked
}

func done(_ int32, w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) }

func TestPrepare(t *testing.T) {
	t.Parallel()

	client, asked := serve(t, done)
	p := users.NewPassword{Account: adaID, Change: changeID, Password: "new", Current: "old", KeepSession: "sid"}
	require.NoError(t, client.Prepare(t.Context(), p))
	require.Equal(t, request{
		"POST /internal/v1/credentials/" + string(adaID) + "/changes", "Bearer token",
		map[string]string{"change_id": string(changeID), "password": "new", "current_password": "old", "keep_session": "sid"},
	}, <-asked)

	require.NoError(t, client.Prepare(t.Context(), users.NewPassword{Account: adaID, Change: changeID, Password: "new"}))
	require.Equal(t, map[string]string{"change_id": string(changeID), "password": "new"}, (<-asked).body)
}

func TestActivate(t *testing.T) {
	t.Parallel()

	client, asked := serve(t, done)
	require.NoError(t, client.Activate(t.Context(), adaID, changeID, "sid"))
	require.Equal(t, request{
		"POST /internal/v1/credentials/" + string(adaID) + "/changes/" + string(changeID) + "/activate", "Bearer token",
		map[string]string{"keep_session": "sid"},
	}, <-asked)
}

func TestRemove(t *testing.T) {
	t.Parallel()

	client, asked := serve(t, func(n int32, w http.ResponseWriter) {
		if n < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		done(n, w)
	})
	require.NoError(t, client.Remove(t.Context(), adaID))
	require.Len(t, asked, 3)
	require.Equal(t, request{"DELETE /internal/v1/credentials/" + string(adaID), "Bearer token", nil}, <-asked)
}

func TestFailures(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		status  int
		body    string
		want    error
		pointer string
		kind    errs.Kind
	}{
		"WrongProof":   {403, `{"code":"reauthentication_required","errors":[{"pointer":"/current_password","code":"wrong"}]}`, users.ErrReauthentication, "/current_password", errs.Forbidden},
		"Weak":         {422, `{"code":"validation_failed","errors":[{"pointer":"/password","code":"too_short"}]}`, errs.ErrValidation, "/password", errs.Invalid},
		"Misspoken":    {422, `{"code":"validation_failed","errors":[{"pointer":"/change_id","code":"unknown"}]}`, nil, "", errs.Internal},
		"WrongToken":   {401, `{"code":"unauthenticated"}`, nil, "", errs.Internal},
		"NoAccount":    {404, `{"code":"not_found"}`, nil, "", errs.Internal},
		"Redirected":   {307, ``, nil, "", errs.Internal},
		"Overloaded":   {503, `{"code":"overloaded"}`, users.ErrAuthUnavailable, "", errs.Unavailable},
		"Broken":       {500, `<html>`, users.ErrAuthUnavailable, "", errs.Unavailable},
		"TooManyTries": {429, `{"code":"login_throttled"}`, users.ErrThrottled, "", errs.Throttled},
		"TooManyAsks":  {429, `{}`, users.ErrAuthUnavailable, "", errs.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			client, _ := serve(t, func(_ int32, w http.ResponseWriter) {
				w.Header().Set("Retry-After", "7")
				w.Header().Set("Location", "http://127.0.0.1:1/")
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			})
			err := client.Prepare(t.Context(), users.NewPassword{Account: adaID, Change: changeID, Password: "new"})
			require.Error(t, err)
			require.Equal(t, tt.kind, errs.KindOf(err))
			if tt.want != nil {
				require.ErrorIs(t, err, tt.want)
			}
			e, _ := errors.AsType[*errs.Error](err)
			if tt.pointer != "" {
				require.Equal(t, tt.pointer, e.Fields[0].Pointer)
			}
			if tt.kind == errs.Unavailable {
				require.Equal(t, 7*time.Second, e.RetryIn)
			}
		})
	}
}

func TestActivationIsRepeatedWhenNoAnswerComes(t *testing.T) {
	t.Parallel()

	client, asked := serve(t, func(n int32, w http.ResponseWriter) {
		if n < 3 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		done(n, w)
	})
	require.NoError(t, client.Activate(t.Context(), adaID, changeID, ""))
	require.Len(t, asked, 3)

	client, asked = serve(t, func(_ int32, w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) })
	require.ErrorIs(t, client.Activate(t.Context(), adaID, changeID, ""), users.ErrAuthUnavailable)
	require.Len(t, asked, 3, "but not for ever")

	client, asked = serve(t, func(_ int32, w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound) })
	require.Error(t, client.Activate(t.Context(), adaID, changeID, ""))
	require.Len(t, asked, 1, "an answer is an answer")
}

func TestAwayIsUnavailable(t *testing.T) {
	t.Parallel()

	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	err := authclient.New(srv.URL, "token").Prepare(t.Context(), users.NewPassword{Account: adaID})
	require.ErrorIs(t, err, users.ErrAuthUnavailable)
}

func TestSlowIsUnavailable(t *testing.T) {
	t.Parallel()

	release := make(chan struct{})
	client, _ := serve(t, func(int32, http.ResponseWriter) { <-release })
	t.Cleanup(func() { close(release) }) // before the server waits for its requests
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, client.Prepare(ctx, users.NewPassword{Account: adaID}), users.ErrAuthUnavailable)
}
