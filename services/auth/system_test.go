package auth_test

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/commitlog/sqlitelog"
	"stockroom/pkg/password"
	"stockroom/pkg/sqlite"
	"stockroom/services/auth"
	"stockroom/services/auth/adapters/memorythrottle"
	"stockroom/services/auth/adapters/sqlitestore"
	"stockroom/services/auth/authtest"
)

const good = "Correct-Horse-7"

// signer hands out the claims instead of signing them.
type signer struct {
	mu     sync.Mutex
	claims map[string]auth.Claims
}

func (s *signer) Sign(c auth.Claims) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.claims[c.ID] = c
	return c.ID, nil
}

func (s *signer) read(t *testing.T, tokens auth.Tokens) auth.Claims {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.claims[tokens.Access]
	require.True(t, ok)
	return c
}

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

var here = auth.Origin{Address: "203.0.113.7"}

var limits = auth.Limits{
	Name:    auth.Limit{Free: 3, First: time.Second, Max: 10 * time.Second, Keep: time.Minute},
	Address: auth.Limit{Free: 10, First: time.Second, Max: 10 * time.Second, Keep: time.Minute},
}

// system is a service with everything around it.
type system struct {
	*auth.Service
	accounts *authtest.Accounts
	stores   authtest.Stores
	signer   *signer
	clock    *clock
	mailer   *authtest.Mailer
	courier  *auth.Courier
}

func openStores(t *testing.T) authtest.Stores {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "auth.db"), sqlitestore.Migrations())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	log := sqlitelog.New(db)
	return authtest.Stores{
		Credentials: sqlitestore.NewCredentials(db, log),
		Changes:     sqlitestore.NewChanges(db, log),
		Sessions:    sqlitestore.NewSessions(db, log),
		Endings:     sqlitestore.NewEndings(db),
		Keys:        sqlitestore.NewKeys(db),
		Vault:       sqlitestore.NewVault(db),
		Log:         log,
		Letters:     sqlitestore.NewLetters(db),
	}
}

func newSystem(t *testing.T) *system {
	t.Helper()
	return newSystemOn(t, openStores(t))
}

func newSystemOn(t *testing.T, stores authtest.Stores) *system {
	t.Helper()
	secrets, err := auth.Derive("secret")
	require.NoError(t, err)
	s := &system{
		accounts: authtest.NewAccounts(),
		stores:   stores,
		signer:   &signer{claims: make(map[string]auth.Claims)},
		clock:    &clock{now: time.Now()},
		mailer:   new(authtest.Mailer),
	}
	s.Service = auth.NewService(auth.Parts{
		Credentials: s.stores.Credentials, Changes: s.stores.Changes, Sessions: s.stores.Sessions, Endings: s.stores.Endings,
		Letters: s.stores.Letters, Mail: auth.MailPolicy{On: true, Verification: auth.VerificationOff},
		Accounts: s.accounts, Hasher: authtest.Hasher{}, Signer: s.signer, Secrets: secrets,
		Throttle: memorythrottle.New(s.clock.Now), Limits: limits,
		CheckPassword: password.Check,
		Now:           s.clock.Now,
		NewID:         func() string { return uuid.Must(uuid.NewV7()).String() },
	})
	s.courier = auth.NewCourier(s.Service, s.mailer, auth.Texts{
		ResetURL: "https://shop.example/reset?token={token}", VerifyURL: "https://shop.example/verify?token={token}",
	})
	return s
}

func (s *system) register(t *testing.T, name string) auth.Account {
	t.Helper()
	a, err := s.Register(t.Context(), registration(name))
	require.NoError(t, err)
	return a
}

func registration(name string) auth.Registration {
	return auth.Registration{Email: name + "@example.com", Username: name, Password: good}
}

func (s *system) login(t *testing.T, name string) auth.Tokens {
	t.Helper()
	tokens, err := s.Login(t.Context(), name, good, here)
	require.NoError(t, err)
	return tokens
}
