package token_test

import (
	"context"
	"sync/atomic"
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

var roles = map[string][]string{"admin": {"users:read"}, "user": nil}

// running returns a verifier that follows until the test ends, and waits until
// it knows the revocations.
func running(t testing.TB, cfg token.Config) *token.Verifier {
	t.Helper()
	v := token.NewVerifier(cfg)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- v.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
	})
	require.Eventually(t, v.Fresh, 10*time.Second, time.Millisecond)
	return v
}

func admit(t *testing.T, g *token.Gate, raw string, access web.Access, changes bool, id string) error {
	t.Helper()
	_, err := g.Admit(t.Context(), []string{"Bearer " + raw}, access, changes, func(string) string { return id })
	return err
}

func TestGateAdmitsByAccess(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		i := tokentest.New(t)
		g := token.NewGate(running(t, i.Config()), roles)
		account, other := uuid.NewString(), uuid.NewString()

		for name, tt := range map[string]struct {
			role   string
			access web.Access
			id     string
			want   error
		}{
			"SignedIn":                  {"user", web.SignedIn, "", nil},
			"PermissionHeld":            {"admin", web.Permit("users:read"), "", nil},
			"PermissionNotHeld":         {"user", web.Permit("users:read"), "", token.ErrPermissionDenied},
			"PermissionNobodyHolds":     {"admin", web.Permit("users:burn"), "", token.ErrPermissionDenied},
			"UnknownRole":               {"root", web.Permit("users:read"), "", token.ErrPermissionDenied},
			"Self":                      {"user", web.PermitOrSelf("users:read", "id"), account, nil},
			"NotSelf":                   {"user", web.PermitOrSelf("users:read", "id"), other, token.ErrPermissionDenied},
			"NotSelfButPermissionHeld":  {"admin", web.PermitOrSelf("users:read", "id"), other, nil},
			"SelfIsNoUseWhereNotNeeded": {"user", web.Permit("users:read"), account, token.ErrPermissionDenied},
		} {
			require.ErrorIs(t, admit(t, g, i.Token(t, account, tt.role), tt.access, true, tt.id), tt.want, name)
		}
	})
}

func TestGateTellsWhoCalls(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		i := tokentest.New(t)
		g := token.NewGate(running(t, i.Config()), roles)
		account := uuid.NewString()

		ctx, err := g.Admit(t.Context(), []string{"bEARER " + i.Token(t, account, "user")}, web.SignedIn, false, nil)

		require.NoError(t, err)
		caller, ok := token.CallerOf(ctx)
		require.True(t, ok)
		require.Equal(t, account, caller.Account)
		_, ok = token.CallerOf(t.Context())
		require.False(t, ok)
	})
}

func TestGateLetsAnyoneInWhereItIsOpen(t *testing.T) {
	t.Parallel()

	ctx, err := token.NewGate(nil, nil).Admit(t.Context(), []string{"Bearer nonsense"}, web.Anyone, true, nil)

	require.NoError(t, err)
	_, ok := token.CallerOf(ctx)
	require.False(t, ok)
}

func TestAuthorizationHeadersThatAreRefused(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		i := tokentest.New(t)
		g := token.NewGate(running(t, i.Config()), roles)
		good := "Bearer " + i.Token(t, uuid.NewString(), "admin")

		for name, tt := range map[string]struct {
			headers []string
			want    error
		}{
			"None":        {nil, token.ErrUnauthenticated},
			"Empty":       {[]string{""}, token.ErrUnauthenticated},
			"NoToken":     {[]string{"Bearer"}, token.ErrUnauthenticated},
			"BlankToken":  {[]string{"Bearer  "}, token.ErrUnauthenticated},
			"OtherScheme": {[]string{"Basic dTpw"}, token.ErrUnauthenticated},
			"NoScheme":    {[]string{good[len("Bearer "):]}, token.ErrUnauthenticated},
			"Twice":       {[]string{good, good}, token.ErrInvalid},
			"OneIsEmpty":  {[]string{good, ""}, token.ErrInvalid},
			"Two":         {[]string{good + ", " + good}, token.ErrInvalid},
			"Nonsense":    {[]string{"Bearer nonsense"}, token.ErrInvalid},
		} {
			_, err := g.Admit(t.Context(), tt.headers, web.SignedIn, false, nil)
			require.ErrorIs(t, err, tt.want, name)
		}
	})
}

// rights can go out of reach.
type rights struct {
	token.Rights
	away atomic.Bool
}

func (r *rights) Head(ctx context.Context) (commitlog.Head, error) {
	if r.away.Load() {
		return commitlog.Head{}, errAway
	}
	return r.Rights.Head(ctx)
}

func TestVerifierOutOfTouchAllowsLessAndLess(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		i := tokentest.New(t)
		r := &rights{Rights: i}
		cfg := i.Config()
		cfg.Rights = r
		v := token.NewVerifier(cfg)
		g := token.NewGate(v, roles)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- v.Run(ctx) }()
		account := uuid.NewString()
		raw := i.Token(t, account, "admin")
		can := func(access web.Access, changes bool) bool {
			err := admit(t, g, raw, access, changes, account)
			if err != nil {
				require.ErrorIs(t, err, token.ErrUnavailable)
			}
			return err == nil
		}
		self := web.PermitOrSelf("users:read", "id")
		admin := web.Permit("users:read")
		time.Sleep(time.Second)
		require.True(t, can(admin, true) && can(admin, false) && can(self, true) && can(web.SignedIn, false))

		r.away.Store(true)
		time.Sleep(time.Second / 2)
		require.True(t, can(admin, true) && can(self, true), "a moment is bridged")
		time.Sleep(2 * time.Second)
		require.False(t, can(admin, true))
		require.False(t, can(admin, false))
		require.False(t, can(self, true))
		require.False(t, can(web.SignedIn, true))
		require.True(t, can(self, false))
		require.True(t, can(web.SignedIn, false))
		time.Sleep(time.Minute)
		require.False(t, can(self, false))
		require.False(t, can(web.SignedIn, false))

		r.away.Store(false)
		time.Sleep(time.Second)
		require.True(t, can(admin, true), "it comes back by itself")
		cancel()
		require.NoError(t, <-done)
	})
}

func TestRequestsWaitForALogThatIsSlow(t *testing.T) {
	t.Parallel()

	for name, changes := range map[string]bool{"OwnRead": false, "Change": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			synctest.Test(t, func(t *testing.T) {
				i := tokentest.New(t)
				r := &rights{Rights: i}
				cfg := i.Config()
				cfg.Rights = r
				g := token.NewGate(running(t, cfg), roles)
				demoted, other := uuid.NewString(), uuid.NewString()
				old, good := i.Token(t, demoted, "admin"), i.Token(t, other, "user")

				r.away.Store(true)
				i.Change(demoted)
				time.Sleep(1100 * time.Millisecond)
				time.AfterFunc(400*time.Millisecond, func() { r.away.Store(false) })
				asked := time.Now()

				require.NoError(t, admit(t, g, good, web.SignedIn, changes, ""))
				require.GreaterOrEqual(t, time.Since(asked), 400*time.Millisecond)
				require.ErrorIs(t, admit(t, g, old, web.SignedIn, changes, ""), token.ErrInvalid)

				r.away.Store(true)
				i.Change(other)
				time.Sleep(1100 * time.Millisecond)
				time.AfterFunc(400*time.Millisecond, func() { r.away.Store(false) })
				require.ErrorIs(t, admit(t, g, good, web.SignedIn, changes, ""), token.ErrInvalid, "what changed meanwhile counts")
			})
		})
	}
}

func TestVerifierThatNeverGotInTouchAllowsOwnReadsForAMinute(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		i := tokentest.New(t)
		g := token.NewGate(token.NewVerifier(i.Config()), roles)
		raw := i.Token(t, uuid.NewString(), "admin")

		require.ErrorIs(t, admit(t, g, raw, web.SignedIn, true, ""), token.ErrUnavailable)
		require.ErrorIs(t, admit(t, g, raw, web.Permit("users:read"), false, ""), token.ErrUnavailable)
		require.NoError(t, admit(t, g, raw, web.SignedIn, false, ""))
		time.Sleep(time.Minute + time.Second)
		require.ErrorIs(t, admit(t, g, raw, web.SignedIn, false, ""), token.ErrUnavailable)
	})
}
