package auth_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/auth"
	"stockroom/services/auth/authtest"
)

// countingHasher counts what it is asked for.
type countingHasher struct {
	authtest.Hasher
	mu     sync.Mutex
	counts map[string]int
}

func (h *countingHasher) count(what string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.counts[what]++
}

func (h *countingHasher) take() map[string]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	counts := maps.Clone(h.counts)
	clear(h.counts)
	return counts
}

func (h *countingHasher) Hash(ctx context.Context, password string) (string, error) {
	h.count("hash")
	return h.Hasher.Hash(ctx, password)
}

func (h *countingHasher) Verify(ctx context.Context, password, hash string) (bool, string, error) {
	h.count("verify")
	return h.Hasher.Verify(ctx, password, hash)
}

var errKilled = errors.New("killed")

// process is killed at a step: before its effect, or after it but before the
// answer. From then on nothing happens any more.
type process struct {
	steps int
	after bool
	dead  bool
}

func (p *process) step(effect func() error) error {
	if p.dead {
		return errKilled
	}
	p.steps--
	p.dead = p.steps < 0
	if p.dead && !p.after {
		return errKilled
	}
	err := effect()
	if p.dead {
		return errKilled
	}
	return err
}

type mortalCredentials struct {
	auth.Credentials
	*process
}

func (m mortalCredentials) Add(ctx context.Context, c auth.Credential) error {
	return m.step(func() error { return m.Credentials.Add(ctx, c) })
}

func (m mortalCredentials) Confirm(ctx context.Context, id auth.AccountID) error {
	return m.step(func() error { return m.Credentials.Confirm(ctx, id) })
}

func (m mortalCredentials) Remove(ctx context.Context, id auth.AccountID) error {
	return m.step(func() error { return m.Credentials.Remove(ctx, id) })
}

type mortalAccounts struct {
	auth.Accounts
	*process
	before func() // Create
}

func (m mortalAccounts) Available(ctx context.Context, email, username string) error {
	return m.step(func() error { return m.Accounts.Available(ctx, email, username) })
}

func (m mortalAccounts) Create(ctx context.Context, a auth.Account) (made auth.Account, err error) {
	err = m.step(func() error {
		if m.before != nil {
			m.before()
		}
		made, err = m.Accounts.Create(ctx, a)
		return err
	})
	return made, err
}

// kill makes the service of s die at a step. It returns the same service as it
// is after a restart.
func (s *system) kill(p *process, beforeCreate func()) (restart func()) {
	credentials, accounts := s.Credentials, s.Accounts
	s.Credentials = mortalCredentials{credentials, p}
	s.Accounts = mortalAccounts{accounts, p, beforeCreate}
	return func() { s.Credentials, s.Accounts = credentials, accounts }
}

func TestRegistrationKilledAnywhereLeavesNothingHalfMade(t *testing.T) {
	t.Parallel()

	const steps = 4 // available, add, create, confirm
	for step := range steps + 1 {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("Step%dAfterItsEffect%t", step, after), func(t *testing.T) {
				t.Parallel()
				s := newSystem(t)
				restart := s.kill(&process{steps: step, after: after}, nil)
				_, err := s.Register(t.Context(), registration("ada"))
				require.Equal(t, step < steps, errors.Is(err, errKilled))
				restart()

				_, err = s.Accounts.Lookup(t.Context(), "ada")
				if errors.Is(err, auth.ErrAccountNotFound) {
					_, err := s.Login(t.Context(), "ada", good, here)
					require.ErrorIs(t, err, auth.ErrInvalidCredentials)
					s.register(t, "ada")
				}
				s.login(t, "ada")
				requireSwept(t, s)
				s.login(t, "ada")
			})
		}
	}
}

// requireSwept checks that every credential is confirmed, or gone, two hours
// later.
func requireSwept(t *testing.T, s *system) {
	t.Helper()
	s.clock.pass(2 * time.Hour)
	require.NoError(t, s.Sweep(t.Context()))
	left, err := s.stores.Credentials.Unconfirmed(t.Context(), s.clock.Now(), 10)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestConflictKilledAnywhereLeavesTheWinnerAlone(t *testing.T) {
	t.Parallel()

	for step := range 5 {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("Step%dAfterItsEffect%t", step, after), func(t *testing.T) {
				t.Parallel()
				s := newSystem(t)
				twin := *s.Service
				winner := registration("ada")
				winner.Password = "Winning-Horse-7"
				restart := s.kill(&process{steps: step, after: after}, func() {
					_, err := twin.Register(t.Context(), winner)
					require.NoError(t, err)
				})
				_, err := s.Register(t.Context(), registration("ada"))
				require.Error(t, err)
				restart()

				requireSwept(t, s)
				_, err = s.Accounts.Lookup(t.Context(), "ada")
				if errors.Is(err, auth.ErrAccountNotFound) {
					s.register(t, "ada")
					s.login(t, "ada")
					return
				}
				_, err = s.Login(t.Context(), "ada", winner.Password, here)
				require.NoError(t, err)
				_, err = s.Login(t.Context(), "ada", good, here)
				require.ErrorIs(t, err, auth.ErrInvalidCredentials)
			})
		}
	}
}

func TestFreshCredentialsAreNotSwept(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	restart := s.kill(&process{steps: 2}, nil)
	_, err := s.Register(t.Context(), registration("ada"))
	require.ErrorIs(t, err, errKilled)
	restart()
	s.clock.pass(50 * time.Minute)

	require.NoError(t, s.Sweep(t.Context()))

	left, err := s.stores.Credentials.Unconfirmed(t.Context(), s.clock.Now(), 10)
	require.NoError(t, err)
	require.Len(t, left, 1, "it may still be on its way")
}
