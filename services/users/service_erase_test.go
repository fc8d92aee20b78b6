package users_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/users"
)

func TestErase(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	require.ErrorIs(t, w.Erase(t.Context(), w.by(bossID, 0), bossID), users.ErrLastAdmin)
	require.ErrorIs(t, w.Erase(t.Context(), w.by(bossID, 0), nobody), users.ErrAccountNotFound)
	require.Empty(t, w.passwords.Removed())
	require.NoError(t, w.Erase(t.Context(), w.by(bossID, 0), adaID))
	require.Equal(t, []users.AccountID{adaID}, w.passwords.Removed())

	a, err := w.Record(t.Context(), adaID)
	require.NoError(t, err)
	require.Equal(t, users.Account{
		ID: adaID, Email: "erased-" + users.Email(adaID) + "@invalid", Username: "erased-" + users.Username(adaID), Role: users.RoleUser,
		DeletedAt: w.now, ErasedAt: w.now, AuthzVersion: 3, CreatedAt: start, UpdatedAt: w.now,
	}, a)
	require.NoError(t, w.Sweep(t.Context()))
	require.Len(t, w.passwords.Removed(), 1, "nothing is left to be swept")
	_, err = w.Restore(t.Context(), w.by(bossID, 0), adaID)
	require.ErrorIs(t, err, users.ErrAccountNotFound)
}

func TestErasureKeepsWhenItWasDeleted(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	require.NoError(t, w.Delete(t.Context(), w.by(bossID, 0), adaID))
	deleted := w.now
	w.now = w.now.Add(time.Hour)
	require.NoError(t, w.Erase(t.Context(), w.by(bossID, 0), adaID))
	a, err := w.Record(t.Context(), adaID)
	require.NoError(t, err)
	require.Equal(t, deleted, a.DeletedAt)
	require.Equal(t, w.now, a.ErasedAt)
}

// Between the commit and the removal in auth anything may happen.
func TestInterruptedErasureIsFinished(t *testing.T) {
	t.Parallel()

	for name, finish := range map[string]func(*world) error{
		"BySweep": func(w *world) error { return w.Sweep(t.Context()) },
		"ByAgain": func(w *world) error { return w.Erase(t.Context(), w.by(bossID, 0), adaID) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			w := newWorld(t)
			w.passwords.RemoveErr = users.ErrAuthUnavailable
			require.ErrorIs(t, w.Erase(t.Context(), w.by(bossID, 0), adaID), users.ErrAuthUnavailable)
			a, err := w.Record(t.Context(), adaID)
			require.NoError(t, err)
			require.True(t, a.Erased())
			require.ErrorIs(t, w.Sweep(t.Context()), users.ErrAuthUnavailable)

			w.passwords.RemoveErr = nil
			require.NoError(t, finish(w))
			require.Equal(t, []users.AccountID{adaID}, w.passwords.Removed())
			require.NoError(t, w.Sweep(t.Context()))
			require.Len(t, w.passwords.Removed(), 1)
			require.Equal(t, int64(3), w.head(t))
		})
	}
}

func TestErasureGoesOnAfterTheClientLeft(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	ctx, leave := context.WithCancel(t.Context())
	leave() // the store in memory does not mind
	require.NoError(t, w.Erase(ctx, w.by(bossID, 0), adaID))
	require.Len(t, w.passwords.Removed(), 1)
}
