package users_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/services/users"
)

func TestAssign(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	_, err := w.Assign(t.Context(), w.by(bossID, 0), bossID, users.RoleUser)
	require.ErrorIs(t, err, users.ErrLastAdmin)

	a, err := w.Assign(t.Context(), w.by(bossID, 0), adaID, users.RoleAdmin)
	require.NoError(t, err)
	require.Equal(t, users.RoleAdmin, a.Role)
	require.Equal(t, int64(3), a.AuthzVersion)

	a, err = w.Assign(t.Context(), w.by(bossID, 0), adaID, users.RoleAdmin)
	require.NoError(t, err, "the role it has already")
	require.Equal(t, int64(3), w.head(t))

	a, err = w.Assign(t.Context(), w.by(adaID, 0), bossID, users.RoleUser)
	require.NoError(t, err)
	require.Equal(t, int64(4), a.AuthzVersion)

	_, err = w.Assign(t.Context(), w.by(adaID, 0), nobody, users.RoleUser)
	require.ErrorIs(t, err, users.ErrAccountNotFound)
}

func TestDelete(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	require.ErrorIs(t, w.Delete(t.Context(), w.by(bossID, 0), bossID), users.ErrLastAdmin)
	require.NoError(t, w.Delete(t.Context(), w.by(bossID, 0), adaID))
	require.ErrorIs(t, w.Delete(t.Context(), w.by(bossID, 0), adaID), users.ErrAccountNotFound)

	_, err := w.Account(t.Context(), adaID)
	require.ErrorIs(t, err, users.ErrAccountNotFound)
	record, err := w.Record(t.Context(), adaID)
	require.NoError(t, err)
	require.Equal(t, w.now, record.DeletedAt)
	require.Equal(t, int64(3), record.AuthzVersion)

	page, err := w.Accounts(t.Context(), users.Filter{Page: 1, Size: 10})
	require.NoError(t, err)
	require.Equal(t, 1, page.Total)
}

func TestStatusChangesWhatTokensSay(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	by := w.by(bossID, 0)
	for i, change := range []func(context.Context, users.Caller, users.AccountID) (users.Account, error){
		w.Deactivate, w.Activate,
		func(ctx context.Context, by users.Caller, id users.AccountID) (users.Account, error) {
			err := w.Delete(ctx, by, id)
			return users.Account{AuthzVersion: w.head(t)}, err
		},
		w.Restore,
	} {
		a, err := change(t.Context(), by, adaID)
		require.NoError(t, err)
		require.Equal(t, int64(3+i), a.AuthzVersion)
	}
	_, err := w.Deactivate(t.Context(), by, bossID)
	require.ErrorIs(t, err, users.ErrLastAdmin)
	trail, err := w.store.Trail(t.Context(), 2, 10) // after Boss was made
	require.NoError(t, err)
	require.Len(t, trail, 4)
}

func TestRegister(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	w.now = start.Add(time.Hour + 123*time.Nanosecond)
	r := users.Registration{ID: nobody, Email: " Eve@Example.com ", Username: " Eve ", Role: "user"}
	a, isNew, err := w.Register(t.Context(), r)
	require.NoError(t, err)
	require.True(t, isNew)
	require.Equal(t, users.Account{
		ID: nobody, Email: "Eve@Example.com", Username: "Eve", Role: users.RoleUser, IsActive: true,
		AuthzVersion: 3, CreatedAt: start.Add(time.Hour), UpdatedAt: start.Add(time.Hour),
	}, a, "trimmed, and the time as precise as every store keeps it")

	again, isNew, err := w.Register(t.Context(), r)
	require.NoError(t, err)
	require.False(t, isNew)
	require.Equal(t, a, again)

	_, _, err = w.Register(t.Context(), users.Registration{ID: nobody, Email: "x", Username: "y", Role: "z"})
	require.ErrorIs(t, err, errs.ErrValidation)
	require.Equal(t, []string{"/email", "/username", "/role"}, pointers(err))
}

func TestAvailability(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	taken, err := w.Availability(t.Context(), "ADA@example.com", "eve")
	require.NoError(t, err)
	require.Equal(t, users.Taken{Email: true}, taken)

	_, err = w.Availability(t.Context(), "ada", "e")
	require.ErrorIs(t, err, errs.ErrValidation)
	require.Equal(t, []string{"/email", "/username"}, pointers(err))
}

func TestRevocationsAreOfTheLastQuarterOfAnHour(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	_, err := w.Assign(t.Context(), w.by(bossID, 0), adaID, users.RoleAdmin)
	require.NoError(t, err)

	r, err := w.Revocations(t.Context())
	require.NoError(t, err)
	require.Equal(t, []users.Revocation{{ID: adaID, AuthzVersion: 3}}, r.Items)

	w.now = w.now.Add(15*time.Minute + time.Microsecond)
	r, err = w.Revocations(t.Context())
	require.NoError(t, err)
	require.Empty(t, r.Items)
	require.Equal(t, int64(3), r.Seq)
}
