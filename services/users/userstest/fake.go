package userstest

import (
	"context"
	"errors"
	"sync"
	"time"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/fold"
	"stockroom/services/users"
)

// Store is a [users.Store], [users.Rights] and [commitlog.Source] in memory, for
// tests. The zero value is empty and ready.
type Store struct {
	mu       sync.Mutex
	accounts map[users.AccountID]users.Account
	log      []commitlog.Event
	actors   []users.AccountID // of the rows of the log
	audit    []users.Entry
	erasures map[users.AccountID]bool // those to be finished
}

var (
	_ users.Store      = (*Store)(nil)
	_ users.Rights     = (*Store)(nil)
	_ commitlog.Source = (*Store)(nil)
)

// Create implements [users.Store].
func (s *Store) Create(_ context.Context, a users.Account, by users.Caller) (users.Account, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	if existing, ok := s.accounts[a.ID]; ok {
		if err := a.Repeat(existing); !errors.Is(err, users.ErrUnchanged) {
			return users.Account{}, false, err
		}
		return existing, false, nil
	}
	if err := s.refuseTaken(a); err != nil {
		return users.Account{}, false, err
	}
	a.AuthzVersion = s.next()
	if by.Operator {
		s.record(users.Change{Action: users.ActionCreate, By: by, At: a.CreatedAt}, users.Account{}, a)
	}
	s.commit(a, users.KindAccount, "", a.CreatedAt)
	return a, true, nil
}

// Update implements [users.Store].
func (s *Store) Update(_ context.Context, id users.AccountID, c users.Change) (users.Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	before, ok := s.accounts[id]
	if !ok {
		return users.Account{}, users.ErrAccountNotFound
	}
	after, err := c.Run(before, s.next(), func() (int, error) {
		return s.count(func(a users.Account) bool { return a.ActiveAdmin() && a.ID != id }), nil
	})
	if errors.Is(err, users.ErrUnchanged) {
		return before, nil
	}
	if err != nil {
		return users.Account{}, err
	}
	if err := s.refuseTaken(after); err != nil {
		return users.Account{}, err
	}
	if c.Administrative(id) {
		s.record(c, before, after)
	}
	if c.Erases() {
		s.erase(id)
	}
	s.commit(after, users.KindOf(before, after), c.By.ID, c.At)
	return after, nil
}

// Account implements [users.Store].
func (s *Store) Account(_ context.Context, id users.AccountID) (users.Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	a, ok := s.accounts[id]
	if !ok {
		return users.Account{}, users.ErrAccountNotFound
	}
	return a, nil
}

// AccountByUsername implements [users.Store].
func (s *Store) AccountByUsername(_ context.Context, name string) (users.Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	for _, a := range s.accounts {
		if !a.Deleted() && same(string(a.Username), name) {
			return a, nil
		}
	}
	return users.Account{}, users.ErrAccountNotFound
}

// AccountByEmail implements [users.Store].
func (s *Store) AccountByEmail(_ context.Context, email string) (users.Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	for _, a := range s.accounts {
		if !a.Deleted() && same(string(a.Email), email) {
			return a, nil
		}
	}
	return users.Account{}, users.ErrAccountNotFound
}

// Taken implements [users.Store].
func (s *Store) Taken(_ context.Context, email users.Email, username users.Username, except users.AccountID) (users.Taken, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.taken(email, username, except), nil
}

// ActiveAdmins implements [users.Rights].
func (s *Store) ActiveAdmins(context.Context) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.count(users.Account.ActiveAdmin), nil
}

// Revocations implements [users.Rights].
func (s *Store) Revocations(_ context.Context, since time.Time) (users.Revocations, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	r := users.Revocations{Epoch: epoch, Seq: int64(len(s.log)), Items: []users.Revocation{}}
	for _, a := range s.accounts {
		if a.UpdatedAt.After(a.CreatedAt) && !a.UpdatedAt.Before(since) {
			r.Items = append(r.Items, users.Revocation{ID: a.ID, AuthzVersion: a.AuthzVersion})
		}
	}
	return r, nil
}

func (s *Store) refuseTaken(a users.Account) error {
	taken := s.taken(a.Email, a.Username, a.ID)
	switch {
	case a.Deleted():
		return nil
	case taken.Email:
		return users.ErrEmailTaken
	case taken.Username:
		return users.ErrUsernameTaken
	}
	return nil
}

func (s *Store) taken(email users.Email, username users.Username, except users.AccountID) (t users.Taken) {
	for _, a := range s.accounts {
		if a.ID == except || a.Deleted() {
			continue
		}
		t.Email = t.Email || same(string(a.Email), string(email))
		t.Username = t.Username || same(string(a.Username), string(username))
	}
	return t
}

func (s *Store) count(want func(users.Account) bool) (n int) {
	for _, a := range s.accounts {
		if want(a) {
			n++
		}
	}
	return n
}

func same(a, b string) bool { return fold.String(a) == fold.String(b) }
