package token_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/token"
	"stockroom/pkg/token/tokentest"
)

// source publishes the keys of an issuer that can be exchanged, or is away.
type source struct {
	mu      sync.Mutex
	issuer  *tokentest.Issuer
	away    bool
	fetched int
}

var errAway = errors.New("away")

func (s *source) JWKS(ctx context.Context) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fetched++
	if s.away {
		return nil, errAway
	}
	return s.issuer.JWKS(ctx)
}

func (s *source) set(i *tokentest.Issuer, away bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.issuer, s.away = i, away
}

func (s *source) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fetched
}

func verifier(i *tokentest.Issuer) (*token.Verifier, *source) {
	s := &source{issuer: i}
	cfg := i.Config()
	cfg.JWKS = s.JWKS
	return token.NewVerifier(cfg), s
}

func TestUnknownKidIsFetchedAtMostEveryTenSeconds(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		old, next := tokentest.New(t), tokentest.New(t)
		v, s := verifier(old)
		account := uuid.NewString()
		_, err := v.Verify(t.Context(), old.Token(t, account, "user"))
		require.NoError(t, err)
		require.Equal(t, 1, s.count())

		time.Sleep(10 * time.Second)
		for range 100 { // anybody can invent a kid
			_, err = v.Verify(t.Context(), tokentest.New(t).Token(t, account, "user"))
			require.ErrorIs(t, err, token.ErrInvalid)
		}
		require.Equal(t, 2, s.count())

		s.set(next, false)
		raw := next.Token(t, account, "user")
		_, err = v.Verify(t.Context(), raw)
		require.ErrorIs(t, err, token.ErrInvalid)
		time.Sleep(10 * time.Second)
		_, err = v.Verify(t.Context(), raw)
		require.NoError(t, err, "a real rotation is not hidden for long")
		require.Equal(t, 3, s.count())
	})
}

// Anybody can invent a kid, as many as they like and as fast as they can.
func TestTenThousandUnknownKidsCauseFewFetches(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		good, bad := tokentest.New(t), tokentest.New(t)
		v, s := verifier(good)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- v.Run(ctx) }()
		synctest.Wait()
		account, begin, before := uuid.NewString(), time.Now(), s.count()

		for range 100 {
			var wg sync.WaitGroup
			for range 100 {
				bad.Kid = uuid.NewString()
				raw := bad.Token(t, account, "user")
				wg.Go(func() {
					_, err := v.Verify(t.Context(), raw)
					require.ErrorIs(t, err, token.ErrInvalid)
				})
			}
			wg.Wait()
			_, err := v.Verify(t.Context(), good.Token(t, account, "user"))
			require.NoError(t, err)
			time.Sleep(500 * time.Millisecond)
		}

		took := time.Since(begin)
		require.LessOrEqual(t, s.count()-before, int(took/(10*time.Second)), "in %s", took)
		cancel()
		require.NoError(t, <-done)
	})
}

// A key that is published ten seconds before it signs is known to a verifier
// that has just looked in vain for one that somebody invented.
func TestPublishedKeyIsFoundWhateverElseIsAskedFor(t *testing.T) {
	t.Parallel()

	for wait := range 12 {
		synctest.Test(t, func(t *testing.T) {
			old, next := tokentest.New(t), tokentest.New(t)
			v, s := verifier(old)
			account := uuid.NewString()
			_, err := v.Verify(t.Context(), old.Token(t, account, "user"))
			require.NoError(t, err)
			time.Sleep(time.Minute)

			s.set(next, false)
			time.Sleep(time.Duration(wait) * time.Second)
			_, err = v.Verify(t.Context(), tokentest.New(t).Token(t, account, "user"))
			require.ErrorIs(t, err, token.ErrInvalid)
			time.Sleep(time.Duration(10-min(wait, 10)) * time.Second)
			_, err = v.Verify(t.Context(), next.Token(t, account, "user"))
			require.NoError(t, err)
		})
	}
}

func TestLastGoodKeysOutliveWhoPublishesThem(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		i := tokentest.New(t)
		v, s := verifier(i)
		_, err := v.Verify(t.Context(), i.Token(t, uuid.NewString(), "user"))
		require.NoError(t, err)

		s.set(i, true)
		time.Sleep(time.Hour)
		_, err = v.Verify(t.Context(), tokentest.New(t).Token(t, uuid.NewString(), "user"))
		require.ErrorIs(t, err, token.ErrInvalid)
		_, err = v.Verify(t.Context(), i.Token(t, uuid.NewString(), "user"))

		require.NoError(t, err)
	})
}

func TestKeysThatComeLateAreFound(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		i := tokentest.New(t)
		v, s := verifier(i)
		s.set(i, true)
		raw := i.Token(t, uuid.NewString(), "user")
		_, err := v.Verify(t.Context(), raw)
		require.ErrorIs(t, err, token.ErrUnavailable, "not the client's fault")

		s.set(i, false)
		time.Sleep(time.Second)
		_, err = v.Verify(t.Context(), raw)

		require.NoError(t, err)
	})
}

func TestWithdrawnKeyNoLongerCounts(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		old, next := tokentest.New(t), tokentest.New(t)
		v, s := verifier(old)
		raw := old.Token(t, uuid.NewString(), "user")
		_, err := v.Verify(t.Context(), raw)
		require.NoError(t, err)

		s.set(next, false)
		time.Sleep(10 * time.Second)
		_, err = v.Verify(t.Context(), next.Token(t, uuid.NewString(), "user"))
		require.NoError(t, err)
		_, err = v.Verify(t.Context(), raw)

		require.ErrorIs(t, err, token.ErrInvalid, "remembered or not")
	})
}

func TestKeysAreFetchedBeforeTheyAreNeeded(t *testing.T) {
	t.Parallel()
	i := tokentest.New(t)
	v, s := verifier(i)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- v.Run(ctx) }()

	require.Eventually(t, func() bool { return s.count() == 1 }, 10*time.Second, time.Millisecond)

	cancel()
	require.NoError(t, <-done)
}

// Auth says how often to look: it knows how long a key is there before it signs.
func TestKeysAreLookedForAsOftenAsAuthWants(t *testing.T) {
	t.Parallel()

	i := tokentest.New(t)
	document, err := i.JWKS(t.Context())
	require.NoError(t, err)
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Cache-Control", "public, max-age=1")
		_, _ = w.Write(document)
	}))
	t.Cleanup(server.Close)
	cfg := i.Config()
	cfg.JWKS, cfg.JWKSURL = nil, server.URL
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- token.NewVerifier(cfg).Run(ctx) }()

	require.Eventually(t, func() bool { return asked.Load() >= 3 }, 20*time.Second, 10*time.Millisecond)

	cancel()
	require.NoError(t, <-done)
}

func TestKeysComeOverHTTP(t *testing.T) {
	t.Parallel()
	i := tokentest.New(t)
	document, err := i.JWKS(t.Context())
	require.NoError(t, err)
	for name, tt := range map[string]struct {
		status int
		body   []byte
		want   error
	}{
		"Good":        {http.StatusOK, document, nil},
		"NotThere":    {http.StatusNotFound, document, token.ErrUnavailable},
		"Elsewhere":   {http.StatusFound, document, token.ErrUnavailable},
		"NotJSON":     {http.StatusOK, []byte("<html>"), token.ErrUnavailable},
		"NoKeys":      {http.StatusOK, []byte(`{"keys":[]}`), token.ErrUnavailable},
		"OtherCurves": {http.StatusOK, []byte(`{"keys":[{"kty":"OKP","crv":"X25519","kid":"` + i.Kid + `","x":"AAAA"},{"kty":"RSA"}]}`), token.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(tt.status)
				_, _ = w.Write(tt.body)
			}))
			t.Cleanup(server.Close)
			cfg := i.Config()
			cfg.JWKS, cfg.JWKSURL = nil, server.URL

			_, err := token.NewVerifier(cfg).Verify(t.Context(), i.Token(t, uuid.NewString(), "user"))

			require.ErrorIs(t, err, tt.want)
		})
	}
}
