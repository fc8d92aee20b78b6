package token_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/token"
	"stockroom/pkg/token/tokentest"
)

func TestChangeOfRightsComesAsAMessage(t *testing.T) {
	t.Parallel()
	i := tokentest.New(t)
	cfg := i.Config()
	bus := new(commitlog.LocalBus)
	cfg.Bus = bus
	v := running(t, cfg)
	account, other := uuid.NewString(), uuid.NewString()
	raw, others := i.Token(t, account, "admin"), i.Token(t, other, "admin")
	for _, good := range []string{raw, others} {
		_, err := v.Verify(t.Context(), good)
		require.NoError(t, err)
	}

	message, err := json.Marshal(i.Change(account))
	require.NoError(t, err)
	require.NoError(t, bus.Publish(t.Context(), token.UsersLog, message))

	require.Eventually(t, func() bool {
		_, err := v.Verify(t.Context(), raw)
		return errors.Is(err, token.ErrInvalid)
	}, 10*time.Second, time.Millisecond)
	_, err = v.Verify(t.Context(), others)
	require.NoError(t, err)

	claims := tokentest.Claims(account, "user")
	*claims.AuthzVersion = 1
	_, err = v.Verify(t.Context(), i.Sign(t, claims))
	require.NoError(t, err, "a token with the new rights is good")
}

func TestOwnChangeCountsAtOnce(t *testing.T) {
	t.Parallel()
	i := tokentest.New(t)
	v := token.NewVerifier(i.Config())
	account := uuid.NewString()
	raw := i.Token(t, account, "admin")
	_, err := v.Verify(t.Context(), raw)
	require.NoError(t, err)

	v.AccountsCommitted(t.Context(), i.Change(account))

	_, err = v.Verify(t.Context(), raw)
	require.ErrorIs(t, err, token.ErrInvalid)
}

func TestChangeOfRightsIsFoundWithoutAMessage(t *testing.T) {
	t.Parallel()
	i := tokentest.New(t)
	v := running(t, i.Config())
	account := uuid.NewString()
	raw := i.Token(t, account, "admin")

	i.Change(account)

	require.Eventually(t, func() bool {
		_, err := v.Verify(t.Context(), raw)
		return errors.Is(err, token.ErrInvalid)
	}, 10*time.Second, time.Millisecond)
}

func TestChangesBeforeTheStartAreKnown(t *testing.T) {
	t.Parallel()
	i := tokentest.New(t)
	account := uuid.NewString()
	raw := i.Token(t, account, "admin")
	i.Change(account)

	_, err := running(t, i.Config()).Verify(t.Context(), raw)

	require.ErrorIs(t, err, token.ErrInvalid)
}

// laggard answers with a list from before the last change, at first.
type laggard struct {
	*tokentest.Issuer
	asked atomic.Int64
}

func (l *laggard) Revocations(ctx context.Context) (token.Snapshot, error) {
	if l.asked.Add(1) < 3 {
		return token.Snapshot{Epoch: 1}, nil
	}
	return l.Issuer.Revocations(ctx)
}

func TestListFromBeforeTheHeadIsNotBelieved(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		i := tokentest.New(t)
		account := uuid.NewString()
		raw := i.Token(t, account, "admin")
		i.Change(account)
		cfg := i.Config()
		l := &laggard{Issuer: i}
		cfg.Rights = l

		_, err := running(t, cfg).Verify(t.Context(), raw)

		require.ErrorIs(t, err, token.ErrInvalid)
		require.EqualValues(t, 3, l.asked.Load())
	})
}

func TestRightsComeOverHTTP(t *testing.T) {
	t.Parallel()
	i := tokentest.New(t)
	account := uuid.NewString()
	raw := i.Token(t, account, "admin")
	const internalToken = "internal"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+internalToken {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		switch r.URL.Path {
		case "/internal/v1/revocations":
			_, _ = w.Write([]byte(`{"epoch":3,"seq":7,"items":[{"id":"` + account + `","av":7}]}`))
		case "/internal/v1/head":
			_, _ = w.Write([]byte(`{"epoch":3,"seq":7}`))
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(server.Close)
	cfg := i.Config()
	cfg.Rights, cfg.UsersInternalURL, cfg.InternalToken = nil, server.URL+"/", internalToken

	_, err := running(t, cfg).Verify(t.Context(), raw)

	require.ErrorIs(t, err, token.ErrInvalid)
}
