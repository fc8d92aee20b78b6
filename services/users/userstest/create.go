package userstest

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"stockroom/services/users"
)

// twins are texts that differ in letter case only.
var twins = map[string][2]string{
	"ASCII":    {"Ada-Lovelace", "aDA-lOVELACE"},
	"Umlaut":   {"Jürgen", "JÜRGEN"},
	"SharpS":   {"Strauß", "STRAUSS"},
	"Greek":    {"Οδυσσεύς", "ΟΔΥΣΣΕΎΣ"},
	"Cyrillic": {"Пётр", "ПЁТР"},
}

func createdAccountIsFound(t *testing.T, s *subject) {
	a := account(1)
	_, err := s.Store.Account(t.Context(), a.ID) // whoever caches has cached its absence
	require.ErrorIs(t, err, users.ErrAccountNotFound)
	_, err = s.Store.AccountByUsername(t.Context(), string(a.Username))
	require.ErrorIs(t, err, users.ErrAccountNotFound)
	_, err = s.Store.AccountByEmail(t.Context(), string(a.Email))
	require.ErrorIs(t, err, users.ErrAccountNotFound)

	created := s.create(t, a)
	a.AuthzVersion = 1
	require.Equal(t, a, created)
	require.Equal(t, a, s.account(t, a.ID))

	found, err := s.Store.AccountByUsername(t.Context(), strings.ToUpper(string(a.Username)))
	require.NoError(t, err)
	require.Equal(t, a, found)
	found, err = s.Store.AccountByEmail(t.Context(), strings.ToUpper(string(a.Email)))
	require.NoError(t, err)
	require.Equal(t, a, found)

	event := s.last(t)
	require.Equal(t, int64(1), event.Seq)
	require.Equal(t, []string{string(a.ID)}, event.IDs)
	require.Equal(t, string(users.KindAccount), event.Kind)
}

func creatingTwiceIsOnce(t *testing.T, s *subject) {
	first := s.create(t, account(1))

	again := account(1)
	again.CreatedAt, again.UpdatedAt = later, later
	second, isNew, err := s.Store.Create(t.Context(), again, users.Caller{})
	require.NoError(t, err)
	require.False(t, isNew)
	require.Equal(t, first, second)
	require.Equal(t, first, s.account(t, first.ID))
	require.Equal(t, int64(1), s.head(t))
}

func usedIDIsRefused(t *testing.T, s *subject) {
	first := s.create(t, account(1))

	for name, differ := range map[string]func(*users.Account){
		"email":    func(a *users.Account) { a.Email = "other@example.com" },
		"username": func(a *users.Account) { a.Username = "other" },
		"role":     func(a *users.Account) { a.Role = users.RoleAdmin },
	} {
		other := account(1)
		differ(&other)
		_, _, err := s.Store.Create(t.Context(), other, users.Caller{})
		require.ErrorIs(t, err, users.ErrAccountExists, name)
	}
	require.Equal(t, first, s.account(t, first.ID))

	s.mustEdit(t, first.ID, remove)
	_, _, err := s.Store.Create(t.Context(), account(1), users.Caller{})
	require.ErrorIs(t, err, users.ErrAccountExists, "a deleted account does not come back this way")
	require.Equal(t, int64(2), s.head(t))
}

func takenEmailIsRefused(t *testing.T, s *subject) {
	n := 0
	for name, twin := range twins {
		first, second := account(n), account(n+1)
		n += 2
		first.Email, second.Email = users.Email(twin[0]+"@example.com"), users.Email(twin[1]+"@EXAMPLE.com")
		s.create(t, first)

		_, _, err := s.Store.Create(t.Context(), second, users.Caller{})
		require.ErrorIs(t, err, users.ErrEmailTaken, name)
		_, err = s.Store.Account(t.Context(), second.ID)
		require.ErrorIs(t, err, users.ErrAccountNotFound, name)

		s.create(t, account(n-1))
		_, err = s.edit(t, second.ID, func(a *users.Account) { a.Email = second.Email })
		require.ErrorIs(t, err, users.ErrEmailTaken, name)
	}
	require.Equal(t, int64(n), s.head(t), "what was refused has not been committed")
}

func takenUsernameIsRefused(t *testing.T, s *subject) {
	n := 0
	for name, twin := range twins {
		first, second := account(n), account(n+1)
		n += 2
		first.Username, second.Username = users.Username(twin[0]), users.Username(twin[1])
		s.create(t, first)

		_, _, err := s.Store.Create(t.Context(), second, users.Caller{})
		require.ErrorIs(t, err, users.ErrUsernameTaken, name)

		found, err := s.Store.AccountByUsername(t.Context(), twin[1])
		require.NoError(t, err, name)
		require.Equal(t, first.ID, found.ID, name)

		s.create(t, account(n-1))
		_, err = s.edit(t, second.ID, func(a *users.Account) { a.Username = second.Username })
		require.ErrorIs(t, err, users.ErrUsernameTaken, name)
	}
	require.Equal(t, int64(n), s.head(t), "what was refused has not been committed")
}

func takenTells(t *testing.T, s *subject) {
	a, free := s.create(t, account(1)), account(2)
	email, username := users.Email(strings.ToUpper(string(a.Email))), users.Username(strings.ToLower(string(a.Username)))

	for name, tt := range map[string]struct {
		email    users.Email
		username users.Username
		except   users.AccountID
		want     users.Taken
	}{
		"neither":       {free.Email, free.Username, "", users.Taken{}},
		"email":         {email, free.Username, "", users.Taken{Email: true}},
		"username":      {free.Email, username, free.ID, users.Taken{Username: true}},
		"both":          {email, username, "", users.Taken{Email: true, Username: true}},
		"both, by self": {email, username, a.ID, users.Taken{}},
	} {
		taken, err := s.Store.Taken(t.Context(), tt.email, tt.username, tt.except)
		require.NoError(t, err, name)
		require.Equal(t, tt.want, taken, name)
	}
}

func deletedAccountFreesItsNames(t *testing.T, s *subject) {
	old := s.create(t, account(1))
	s.mustEdit(t, old.ID, remove)

	taken, err := s.Store.Taken(t.Context(), old.Email, old.Username, "")
	require.NoError(t, err)
	require.Equal(t, users.Taken{}, taken)
	_, err = s.Store.AccountByUsername(t.Context(), string(old.Username))
	require.ErrorIs(t, err, users.ErrAccountNotFound)
	_, err = s.Store.AccountByEmail(t.Context(), string(old.Email))
	require.ErrorIs(t, err, users.ErrAccountNotFound)

	heir := account(2)
	heir.Email, heir.Username = old.Email, old.Username
	s.create(t, heir)
	found, err := s.Store.AccountByUsername(t.Context(), string(old.Username))
	require.NoError(t, err)
	require.Equal(t, heir.ID, found.ID)
	found, err = s.Store.AccountByEmail(t.Context(), string(old.Email))
	require.NoError(t, err)
	require.Equal(t, heir.ID, found.ID)
	require.True(t, s.account(t, old.ID).Deleted(), "the record stays")
}

func oneOfManyGetsTheEmail(t *testing.T, s *subject) {
	s.race(t, users.ErrEmailTaken, func(a *users.Account, email, _ string) { a.Email = users.Email(email) })
}

func oneOfManyGetsTheUsername(t *testing.T, s *subject) {
	s.race(t, users.ErrUsernameTaken, func(a *users.Account, _, username string) { a.Username = users.Username(username) })
}

// race creates many accounts at once that want the same value in two letter cases.
func (s *subject) race(t *testing.T, lost error, want func(a *users.Account, email, username string)) {
	const n = 50
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		a := account(i)
		want(&a, "GRACE@example.com", "GRACE")
		if i%2 == 0 {
			want(&a, "grace@example.com", "grace")
		}
		wg.Go(func() { _, _, errs[i] = s.Store.Create(t.Context(), a, users.Caller{}) })
	}
	wg.Wait()

	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		require.ErrorIs(t, err, lost)
	}
	require.Equal(t, 1, won)
	require.Equal(t, int64(1), s.head(t))
	page, err := s.Store.Accounts(t.Context(), users.Filter{Page: 1, Size: n})
	require.NoError(t, err)
	require.Equal(t, 1, page.Total)
}
