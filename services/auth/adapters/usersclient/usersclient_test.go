package usersclient_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/services/auth"
	"stockroom/services/auth/adapters/usersclient"
	"stockroom/services/auth/authtest"
)

const internalToken = "internal token"

func TestAccounts(t *testing.T) {
	t.Parallel()

	authtest.TestAccounts(t, func(t *testing.T) (auth.Accounts, *authtest.Accounts) {
		behind := authtest.NewAccounts()
		server := httptest.NewServer(authtest.Door(behind, internalToken))
		t.Cleanup(server.Close)
		return usersclient.New(server.URL, internalToken), behind
	})
}

func TestKnownAccounts(t *testing.T) {
	t.Parallel()
	behind := authtest.NewAccounts()
	server := httptest.NewServer(authtest.Door(behind, internalToken))
	t.Cleanup(server.Close)
	here, err := behind.Create(t.Context(), auth.Account{ID: auth.AccountID(authtest.ID()), Email: "ada@example.com", Username: "ada"})
	require.NoError(t, err)

	known, err := usersclient.New(server.URL, internalToken).Known(t.Context(), []auth.AccountID{auth.AccountID(authtest.ID()), here.ID})

	require.NoError(t, err)
	require.Equal(t, []auth.AccountID{here.ID}, known)
}

func TestAnswersThatAreNone(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		status int
		body   string
		want   errs.Kind
	}{
		"Broken":          {http.StatusInternalServerError, `{"code":"internal"}`, errs.Unavailable},
		"Overloaded":      {http.StatusServiceUnavailable, `{"code":"dependency_unavailable"}`, errs.Unavailable},
		"NotLetIn":        {http.StatusUnauthorized, `{"code":"unauthenticated"}`, errs.Internal},
		"OtherConflict":   {http.StatusConflict, `{"code":"account_exists"}`, errs.Internal},
		"NoProblem":       {http.StatusNotFound, `nginx`, errs.Internal},
		"NoJSON":          {http.StatusOK, `<html>`, errs.Internal},
		"AnswerElsewhere": {http.StatusFound, `{}`, errs.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.body))
			}))
			t.Cleanup(server.Close)
			client := usersclient.New(server.URL, internalToken)

			_, err := client.Create(t.Context(), auth.Account{ID: auth.AccountID(authtest.ID())})

			require.Error(t, err)
			require.Equal(t, tt.want, errs.KindOf(err))
			require.NotContains(t, err.Error(), internalToken)
		})
	}
}

func TestUsersThatAreAwayAreUnavailable(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	client := usersclient.New(server.URL, internalToken)
	server.Close()

	_, err := client.Lookup(t.Context(), "ada")

	require.Equal(t, errs.Unavailable, errs.KindOf(err))
}

func TestNameThatUsersRefusesBelongsToNobody(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = w.Write([]byte(`{"code":"validation_failed","errors":[{"pointer":"/username","code":"too_long"}]}`))
	}))
	t.Cleanup(server.Close)

	_, err := usersclient.New(server.URL, internalToken).Lookup(t.Context(), "ada")

	require.ErrorIs(t, err, auth.ErrAccountNotFound)
}
