package auth_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog/pglog"
	"stockroom/pkg/testkit"
	"stockroom/services/auth"
	"stockroom/services/auth/adapters/pgstore"
	"stockroom/services/auth/authtest"
)

// TestOneSuccessorHoweverManyAsk has twenty tabs refresh the same token at once,
// a thousand times (fewer under the race detector): all go on, with one successor.
func TestOneSuccessorHoweverManyAsk(t *testing.T) {
	t.Parallel()

	for name, open := range map[string]func(*testing.T) authtest.Stores{"SQLite": openStores, "PostgreSQL": openPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSystemOn(t, open(t))
			s.register(t, "ada")
			tokens := s.login(t, "ada")
			for range rotations {
				tokens = s.refreshTogether(t, tokens)
			}
			require.Equal(t, int64(rotations+1), s.generation(t, tokens))
		})
	}
}

func openPostgres(t *testing.T) authtest.Stores {
	t.Helper()
	pool := testkit.Postgres(t, pgstore.Migrations())
	log := pglog.New(pool)
	t.Cleanup(log.Close)
	return authtest.Stores{
		Credentials: pgstore.NewCredentials(pool, log),
		Changes:     pgstore.NewChanges(pool, log),
		Sessions:    pgstore.NewSessions(pool, log),
		Endings:     pgstore.NewEndings(pool),
		Keys:        pgstore.NewKeys(pool),
		Log:         log,
	}
}

// refreshTogether shows one token in twenty places at once, and returns its
// successor.
func (s *system) refreshTogether(t *testing.T, tokens auth.Tokens) auth.Tokens {
	t.Helper()
	got := make([]auth.Tokens, 20)
	failures := make([]error, len(got))
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() { got[i], failures[i] = s.Refresh(t.Context(), tokens.Refresh, auth.Origin{}) })
	}
	wg.Wait()
	for i, next := range got {
		require.NoError(t, failures[i])
		require.Equal(t, got[0].Refresh, next.Refresh)
	}
	require.NotEqual(t, tokens.Refresh, got[0].Refresh)
	return got[0]
}

func (s *system) generation(t *testing.T, tokens auth.Tokens) int64 {
	t.Helper()
	session, err := s.stores.Sessions.Session(t.Context(), s.sessionOf(t, tokens))
	require.NoError(t, err)
	return session.Generation
}

type mortalSessions struct {
	auth.Sessions
	*process
}

func (m mortalSessions) Update(ctx context.Context, id auth.SessionID, from auth.Origin, change func(*auth.Session) error) error {
	return m.step(func() error { return m.Sessions.Update(ctx, id, from, change) })
}

// A process that ends between the rotation and its answer leaves a client with a
// token that was replaced: it is good for another moment, at whichever process.
func TestRefreshKilledAnywhereLocksNobodyOut(t *testing.T) {
	t.Parallel()

	for name, after := range map[string]bool{"BeforeTheRotation": false, "BeforeTheAnswer": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSystem(t)
			s.register(t, "ada")
			tokens := s.login(t, "ada")
			for range 3 {
				whole := s.Sessions
				s.Sessions = mortalSessions{whole, &process{after: after}}
				_, err := s.Refresh(t.Context(), tokens.Refresh, auth.Origin{})
				require.ErrorIs(t, err, errKilled)
				s.Sessions = whole

				again := newSystemOn(t, s.stores) // a restart: nothing but the database is left
				again.accounts, again.Accounts, again.clock.now = s.accounts, s.accounts, s.clock.Now()
				again.clock.pass(10 * time.Second)
				tokens = again.refresh(t, tokens)
				s.clock.pass(10 * time.Second)
			}
			s.refresh(t, tokens)
		})
	}
}
