package users_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/services/users"
	"stockroom/services/users/userstest"
)

const (
	bossID  = users.AccountID("0190a000-0000-7000-8000-000000000001")
	adaID   = users.AccountID("0190a000-0000-7000-8000-000000000002")
	nobody  = users.AccountID("0190a000-0000-7000-8000-000000000009")
	session = "0190a000-0000-7000-8000-00000000aaaa"
)

// world is a service with its surroundings, and an admin and a user in it.
type world struct {
	*users.Service
	store     *userstest.Store
	passwords *userstest.Passwords
	now       time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()

	w := &world{store: new(userstest.Store), passwords: new(userstest.Passwords), now: start}
	changes := 0
	w.Service = users.NewService(w.store, w.store, w.passwords, func() time.Time { return w.now }, func() users.ChangeID {
		changes++
		return users.ChangeID(fmt.Sprintf("change-%d", changes))
	})
	for _, r := range []users.Registration{
		{ID: adaID, Email: "ada@example.com", Username: "ada", Role: "user"},
		{ID: bossID, Email: "boss@example.com", Username: "boss", Role: "admin"},
	} {
		_, isNew, err := w.Register(t.Context(), r)
		require.NoError(t, err)
		require.True(t, isNew)
	}
	w.now = start.Add(time.Hour)
	return w
}

// by is a caller who gave their password a while ago.
func (w *world) by(id users.AccountID, ago time.Duration) users.Caller {
	return users.Caller{ID: id, Session: session, SignedInAt: w.now.Add(-ago), RequestID: "r1"}
}

func (w *world) head(t *testing.T) int64 {
	t.Helper()

	head, err := w.store.Head(t.Context())
	require.NoError(t, err)
	return head.Seq
}

func TestEdit(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		id     users.AccountID
		edit   users.Edit
		fields []string
		want   error
	}{
		"Both":            {adaID, users.Edit{Email: new("new@example.com"), Username: new(" Countess ")}, nil, nil},
		"AllWrongFields":  {adaID, users.Edit{Email: new("x"), Username: new("a b")}, []string{"/email", "/username"}, errs.ErrValidation},
		"WrongThenAbsent": {nobody, users.Edit{Username: new("a@b")}, []string{"/username"}, errs.ErrValidation},
		"Absent":          {nobody, users.Edit{Username: new("nobody")}, nil, users.ErrAccountNotFound},
		"TakenEmail":      {adaID, users.Edit{Email: new("BOSS@example.com")}, []string{"/email"}, users.ErrEmailTaken},
		"TakenUsername":   {adaID, users.Edit{Username: new("Boss")}, []string{"/username"}, users.ErrUsernameTaken},
		"TakenNameSecret": {adaID, users.Edit{Username: new("Boss"), Password: new("Secret-123")}, []string{"/username"}, users.ErrUsernameTaken},
		"TakenWithSecret": {adaID, users.Edit{Email: new("Boss@example.com"), Password: new("Secret-123")}, []string{"/email"}, users.ErrEmailTaken},
		"Empty":           {adaID, users.Edit{Email: new("")}, []string{"/email"}, errs.ErrValidation},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			w := newWorld(t)
			a, err := w.Edit(t.Context(), w.by(bossID, 0), tt.id, tt.edit)
			if tt.want == nil {
				require.NoError(t, err)
				require.Equal(t, users.Email("new@example.com"), a.Email)
				require.Equal(t, users.Username("Countess"), a.Username)
				require.Equal(t, w.now, a.UpdatedAt)
				require.Equal(t, int64(1), a.AuthzVersion, "names are no rights")
				return
			}
			require.ErrorIs(t, err, tt.want)
			require.Equal(t, tt.fields, pointers(err))
			require.Equal(t, int64(2), w.head(t), "nothing was committed")
			require.Empty(t, w.passwords.Pending(), "nothing was hashed")
		})
	}
}

func pointers(err error) (all []string) {
	e, _ := errors.AsType[*errs.Error](err)
	for _, field := range e.Fields {
		all = append(all, field.Pointer)
	}
	return all
}

func TestEditOfNothingCommitsNothing(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	before, err := w.Account(t.Context(), adaID)
	require.NoError(t, err)
	a, err := w.Edit(t.Context(), w.by(adaID, 0), adaID, users.Edit{Email: new("ada@example.com "), Username: new("ada")})
	require.NoError(t, err)
	require.Equal(t, before, a)
	require.Equal(t, int64(2), w.head(t))
}

func TestImportedNamesMayBeSentBack(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	_, _, err := w.store.Create(t.Context(), users.Account{
		ID: nobody, Email: "old@localhost", Username: "old@name", Role: users.RoleUser, IsActive: true, CreatedAt: start, UpdatedAt: start,
	}, users.Caller{})
	require.NoError(t, err)

	_, err = w.Edit(t.Context(), w.by(bossID, 0), nobody, users.Edit{Email: new("old@localhost"), Username: new("old@name")})
	require.NoError(t, err)
	_, err = w.Edit(t.Context(), w.by(bossID, 0), nobody, users.Edit{Username: new("other@name")})
	require.ErrorIs(t, err, errs.ErrValidation)
}
