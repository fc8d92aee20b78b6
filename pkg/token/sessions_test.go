package token_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/token"
	"stockroom/pkg/token/tokentest"
	"stockroom/pkg/web"
)

func TestEndOfASessionTakesItsTokensAlong(t *testing.T) {
	t.Parallel()

	for name, tell := range map[string]func(t *testing.T, v *token.Verifier, bus *commitlog.LocalBus, e commitlog.Event){
		"ByMessage": func(t *testing.T, _ *token.Verifier, bus *commitlog.LocalBus, e commitlog.Event) {
			t.Helper()
			message, err := json.Marshal(e)
			require.NoError(t, err)
			require.NoError(t, bus.Publish(t.Context(), token.AuthLog, message))
		},
		"WithoutAMessage": func(*testing.T, *token.Verifier, *commitlog.LocalBus, commitlog.Event) {},
		"HereAtOnce": func(t *testing.T, v *token.Verifier, _ *commitlog.LocalBus, e commitlog.Event) {
			t.Helper()
			v.SessionsCommitted(t.Context(), e)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := tokentest.New(t)
			cfg, bus := i.Config(), new(commitlog.LocalBus)
			cfg.Bus = bus
			v := running(t, cfg)
			account := uuid.NewString()
			ended := tokentest.Claims(account, "admin")
			raw, other := i.Sign(t, ended), i.Token(t, account, "admin")
			_, err := v.Verify(t.Context(), raw)
			require.NoError(t, err)

			tell(t, v, bus, i.End(ended.Session))

			require.Eventually(t, func() bool {
				_, err := v.Verify(t.Context(), raw)
				return errors.Is(err, token.ErrSessionRevoked)
			}, 10*time.Second, time.Millisecond)
			_, err = v.Verify(t.Context(), other)
			require.NoError(t, err, "other sessions of the account go on")
		})
	}
}

func TestOwnEndOfASessionCountsAtOnce(t *testing.T) {
	t.Parallel()
	i := tokentest.New(t)
	v := token.NewVerifier(i.Config())
	claims := tokentest.Claims(uuid.NewString(), "user")

	v.SessionsCommitted(t.Context(), i.End(claims.Session))

	_, err := v.Verify(t.Context(), i.Sign(t, claims))
	require.ErrorIs(t, err, token.ErrSessionRevoked)
}

func TestSessionsThatEndedBeforeTheStartAreKnown(t *testing.T) {
	t.Parallel()
	i := tokentest.New(t)
	claims := tokentest.Claims(uuid.NewString(), "user")
	i.End(claims.Session)
	i.Change(claims.Subject)

	_, err := running(t, i.Config()).Verify(t.Context(), i.Sign(t, claims))

	require.ErrorIs(t, err, token.ErrSessionRevoked, "refreshing would not help")
}

// withoutVersions is how auth answers: a session has none.
type withoutVersions struct{ *tokentest.Log }

func (w withoutVersions) Revocations(ctx context.Context) (token.Snapshot, error) {
	s, err := w.Log.Revocations(ctx)
	for i := range s.Items {
		s.Items[i].Version = 0
	}
	return s, err
}

func TestSnapshotOfSessionsNeedsNoVersions(t *testing.T) {
	t.Parallel()
	i := tokentest.New(t)
	claims := tokentest.Claims(uuid.NewString(), "user")
	i.End(claims.Session)
	cfg := i.Config()
	cfg.Sessions = withoutVersions{i.Sessions}

	_, err := running(t, cfg).Verify(t.Context(), i.Sign(t, claims))

	require.ErrorIs(t, err, token.ErrSessionRevoked)
}

// One log is not enough to know who may do what.
func TestBothLogsAreNeeded(t *testing.T) {
	t.Parallel()

	for name, cut := range map[string]func(*token.Config) *rights{
		"Users": func(cfg *token.Config) *rights { r := &rights{Rights: cfg.Rights}; cfg.Rights = r; return r },
		"Auth":  func(cfg *token.Config) *rights { r := &rights{Rights: cfg.Sessions}; cfg.Sessions = r; return r },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			synctest.Test(t, func(t *testing.T) {
				i := tokentest.New(t)
				cfg := i.Config()
				r := cut(&cfg)
				g := token.NewGate(running(t, cfg), roles)
				raw := i.Token(t, uuid.NewString(), "admin")
				require.NoError(t, admit(t, g, raw, web.SignedIn, true, ""))

				r.away.Store(true)
				time.Sleep(2*time.Second + 500*time.Millisecond)
				require.ErrorIs(t, admit(t, g, raw, web.SignedIn, true, ""), token.ErrUnavailable)
				require.ErrorIs(t, admit(t, g, raw, web.Permit("users:read"), false, ""), token.ErrUnavailable)
				require.NoError(t, admit(t, g, raw, web.SignedIn, false, ""), "own reads go on")

				r.away.Store(false)
				time.Sleep(time.Second)
				require.NoError(t, admit(t, g, raw, web.SignedIn, true, ""))
			})
		})
	}
}

func TestWhatNoTokenCanBeOfAnyMoreIsForgotten(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		i := tokentest.New(t)
		v := token.NewVerifier(i.Config())
		claims := tokentest.Claims(uuid.NewString(), "user")
		v.SessionsCommitted(t.Context(), i.End(claims.Session))
		later := func() error {
			claims.IssuedAt.Time, claims.ExpiresAt.Time = time.Now(), time.Now().Add(time.Minute)
			_, err := v.Verify(t.Context(), i.Sign(t, claims))
			return err
		}
		time.Sleep(14 * time.Minute)
		v.SessionsCommitted(t.Context(), i.End(uuid.NewString()))
		require.ErrorIs(t, later(), token.ErrSessionRevoked)
		time.Sleep(2 * time.Minute)
		v.SessionsCommitted(t.Context(), i.End(uuid.NewString()))
		require.NoError(t, later(), "auth makes no such token; the entry has gone")
	})
}
