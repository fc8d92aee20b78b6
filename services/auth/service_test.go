package auth_test

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/pkg/password"
	"stockroom/pkg/sqlite"
	"stockroom/services/auth"
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

// system is a service with everything around it.
type system struct {
	*auth.Service
	accounts *authtest.Accounts
	stores   authtest.Stores
	signer   *signer
	clock    *clock
}

func openStores(t *testing.T) authtest.Stores {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "auth.db"), sqlitestore.Migrations())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return authtest.Stores{
		Credentials: sqlitestore.NewCredentials(db),
		Changes:     sqlitestore.NewChanges(db),
		Sessions:    sqlitestore.NewSessions(db),
		Keys:        sqlitestore.NewKeys(db),
	}
}

func newSystem(t *testing.T) *system {
	t.Helper()
	secrets, err := auth.Derive("secret")
	require.NoError(t, err)
	s := &system{
		accounts: authtest.NewAccounts(),
		stores:   openStores(t),
		signer:   &signer{claims: make(map[string]auth.Claims)},
		clock:    &clock{now: time.Now()},
	}
	s.Service = auth.NewService(auth.Parts{
		Credentials: s.stores.Credentials, Changes: s.stores.Changes, Sessions: s.stores.Sessions,
		Accounts: s.accounts, Hasher: authtest.Hasher{}, Signer: s.signer, Secrets: secrets,
		CheckPassword: password.Check,
		Now:           s.clock.Now,
		NewID:         func() string { return uuid.Must(uuid.NewV7()).String() },
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
	tokens, err := s.Login(t.Context(), name, good)
	require.NoError(t, err)
	return tokens
}

func TestRegisteredAccountSignsIn(t *testing.T) {
	t.Parallel()
	s := newSystem(t)

	account, err := s.Register(t.Context(), auth.Registration{Email: " Ada@example.com ", Username: "\tAda\n", Password: good})
	require.NoError(t, err)
	tokens := s.login(t, "aDA")

	require.Equal(t, "Ada@example.com", account.Email)
	require.Equal(t, "Ada", account.Username)
	require.Equal(t, auth.RoleUser, account.Role)
	require.Equal(t, auth.AccessLifetime, tokens.ExpiresIn)
	now := s.clock.Now().UTC().Truncate(time.Microsecond)
	claims := s.signer.read(t, tokens)
	require.Equal(t, auth.Claims{
		ID: claims.ID, Account: account.ID, Session: claims.Session, Role: auth.RoleUser, AuthzVersion: account.AuthzVersion,
		SignedInAt: now, IssuedAt: now, ExpiresAt: now.Add(auth.AccessLifetime),
	}, claims)
	require.NotEqual(t, claims.Session, s.signer.read(t, s.login(t, "ada")).Session, "each sign-in is a session of its own")
	seen, err := s.Account(t.Context(), account.ID)
	require.NoError(t, err)
	require.Equal(t, account, seen)
}

func TestPasswordKeepsItsBlanks(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	r := registration("ada")
	r.Password = " " + good + " "
	_, err := s.Register(t.Context(), r)
	require.NoError(t, err)

	_, err = s.Login(t.Context(), "ada", good)
	require.ErrorIs(t, err, auth.ErrInvalidCredentials)
	_, err = s.Login(t.Context(), "ada", r.Password)
	require.NoError(t, err)
}

func TestAllThatIsWrongWithARegistrationIsTold(t *testing.T) {
	t.Parallel()
	s := newSystem(t)

	_, err := s.Register(t.Context(), auth.Registration{Email: "nowhere", Username: "a@b", Password: "short"})

	require.ErrorIs(t, err, errs.ErrValidation)
	require.Equal(t, []string{
		"/password too_short", "/password no_upper_case", "/password no_digit", "/email invalid", "/username invalid",
	}, fields(t, err))
}

func fields(t *testing.T, err error) (list []string) {
	t.Helper()
	var e *errs.Error
	require.ErrorAs(t, err, &e)
	for _, f := range e.Fields {
		list = append(list, f.Pointer+" "+f.Code)
	}
	return list
}

func TestTakenNamesAreRefused(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")

	_, err := s.Register(t.Context(), registration("Ada"))
	require.ErrorIs(t, err, auth.ErrEmailTaken)
	require.Equal(t, []string{"/email taken", "/username taken"}, fields(t, err))
	other := registration("ADA")
	other.Email = "other@example.com"
	_, err = s.Register(t.Context(), other)
	require.ErrorIs(t, err, auth.ErrUsernameTaken)
	require.Equal(t, []string{"/username taken"}, fields(t, err))
}

func TestOfTwoThatRegisterANameAtOnceOneGetsIt(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	failures := make([]error, 8)
	var wg sync.WaitGroup
	for i := range failures {
		wg.Go(func() { _, failures[i] = s.Register(t.Context(), registration("ada")) })
	}
	wg.Wait()

	made := 0
	for _, err := range failures {
		if err == nil {
			made++
			continue
		}
		require.ErrorIs(t, err, auth.ErrEmailTaken)
	}
	require.Equal(t, 1, made)
	s.login(t, "ada")
	left, err := s.stores.Credentials.Unconfirmed(t.Context(), s.clock.Now().Add(time.Hour), 10)
	require.NoError(t, err)
	require.Empty(t, left, "who lost leaves nothing behind")
}

func TestSignInsThatFailLookAlike(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "ada")
	inactive, deleted, bare := s.register(t, "inactive"), s.register(t, "deleted"), s.register(t, "bare")
	s.accounts.Change(inactive.ID, func(a *auth.Account) { a.Active = false })
	s.accounts.Change(deleted.ID, func(a *auth.Account) { a.Deleted = true })
	require.NoError(t, s.stores.Credentials.Remove(t.Context(), bare.ID))
	compared := countingHasher{counts: make(map[string]int)}
	s.Hasher = &compared

	for name, tt := range map[string]struct{ username, password string }{
		"WrongPassword":     {"ada", "Wrong-Horse-7"},
		"EmptyPassword":     {"ada", ""},
		"UnknownName":       {"nobody", good},
		"NoName":            {"", good},
		"EmailIsNoUsername": {"ada@example.com", good},
		"Inactive":          {"inactive", good},
		"Deleted":           {"deleted", good},
		"NoCredential":      {"bare", good},
	} {
		_, err := s.Login(t.Context(), tt.username, tt.password)

		require.Equal(t, auth.ErrInvalidCredentials, err, name)
		require.Equal(t, map[string]int{"verify": 1}, compared.take(), name)
	}
}

func TestOldHashIsBetteredAtSignIn(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	hash, err := authtest.Hasher{}.Hash(t.Context(), good)
	require.NoError(t, err)
	require.NoError(t, s.stores.Credentials.Rehash(t.Context(), account.ID, hash, authtest.Hasher{}.Outdated(good)))

	_, err = s.Login(t.Context(), "ada", "Wrong-Horse-7")
	require.ErrorIs(t, err, auth.ErrInvalidCredentials)
	s.login(t, "ada")

	got, err := s.stores.Credentials.Credential(t.Context(), account.ID)
	require.NoError(t, err)
	require.Equal(t, hash, got.Hash)
	s.login(t, "ada")
}

func TestCallerWithoutALiveAccountIsToldSo(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")

	s.accounts.Change(account.ID, func(a *auth.Account) { a.Active = false })
	_, err := s.Account(t.Context(), account.ID)
	require.ErrorIs(t, err, auth.ErrSessionRevoked)
	_, err = s.Account(t.Context(), auth.AccountID(uuid.NewString()))
	require.ErrorIs(t, err, auth.ErrSessionRevoked)
}

func TestFirstAdministratorIsMadeOnce(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "somebody")

	made, err := s.EnsureAdmin(t.Context(), registration("root"))
	require.NoError(t, err)
	require.True(t, made)
	require.Equal(t, auth.RoleAdmin, s.signer.read(t, s.login(t, "root")).Role)
	made, err = s.EnsureAdmin(t.Context(), registration("second"))
	require.NoError(t, err)
	require.False(t, made)

	_, err = s.Login(t.Context(), "second", good)
	require.ErrorIs(t, err, auth.ErrInvalidCredentials)
}

func TestReplicasAgreeOnTheFirstAdministrator(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	failures := make([]error, 4)
	var wg sync.WaitGroup
	for i := range failures {
		wg.Go(func() { _, failures[i] = s.EnsureAdmin(t.Context(), registration("root")) })
	}
	wg.Wait()

	for _, err := range failures {
		require.NoError(t, err)
	}
	n, err := s.accounts.ActiveAdmins(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

func TestAdministratorWhoseNameSomebodyHasIsNotMade(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.register(t, "root")

	made, err := s.EnsureAdmin(t.Context(), registration("root"))

	require.ErrorIs(t, err, auth.ErrEmailTaken)
	require.False(t, made)
}
