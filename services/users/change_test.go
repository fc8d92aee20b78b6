package users_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/users"
)

var start = time.Date(2025, 1, 2, 3, 4, 5, 6000, time.UTC)

func boss() users.Account {
	return users.Account{
		ID: "0190a000-0000-7000-8000-000000000001", Email: "boss@example.com", Username: "boss",
		Role: users.RoleAdmin, IsActive: true, AuthzVersion: 7, CreatedAt: start, UpdatedAt: start,
	}
}

func TestChangeRun(t *testing.T) {
	t.Parallel()

	errCount, errApply := errors.New("no count"), errors.New("no")
	set := func(apply func(*users.Account)) func(*users.Account) error {
		return func(a *users.Account) error { apply(a); return nil }
	}
	demote := set(func(a *users.Account) { a.Role = users.RoleUser })
	for name, tt := range map[string]struct {
		apply    func(*users.Account) error
		others   int
		countErr error
		want     error
		version  int64
	}{
		"Rename":              {apply: set(func(a *users.Account) { a.Username = "chief" }), version: 7},
		"RenameWithoutCount":  {apply: set(func(a *users.Account) { a.Username = "chief" }), countErr: errCount, version: 7},
		"Demote":              {apply: demote, others: 1, version: 9},
		"DemoteLast":          {apply: demote, want: users.ErrLastAdmin},
		"DeactivateLast":      {apply: set(func(a *users.Account) { a.IsActive = false }), want: users.ErrLastAdmin},
		"DeleteLast":          {apply: set(func(a *users.Account) { a.DeletedAt = start }), want: users.ErrLastAdmin},
		"DemoteUnknownOthers": {apply: demote, countErr: errCount, want: errCount},
		"Password":            {apply: set(func(a *users.Account) { a.PasswordChange = "c" }), version: 9},
		"Nothing":             {apply: set(func(*users.Account) {}), want: users.ErrUnchanged},
		"Fails":               {apply: func(*users.Account) error { return errApply }, want: errApply},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			c := users.Change{At: start.Add(time.Hour), Apply: tt.apply}
			after, err := c.Run(boss(), 9, func() (int, error) { return tt.others, tt.countErr })
			if tt.want != nil {
				require.ErrorIs(t, err, tt.want)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.version, after.AuthzVersion)
			require.Equal(t, c.At, after.UpdatedAt)
			require.Equal(t, tt.version == 9, users.KindOf(boss(), after) == users.KindAuthz)
		})
	}
}

func TestChangeOfDeletedAccountIsNotFound(t *testing.T) {
	t.Parallel()

	a := boss()
	a.DeletedAt = start
	c := users.Change{Apply: func(*users.Account) error { panic("not for the dead") }}
	_, err := c.Run(a, 9, nil)
	require.ErrorIs(t, err, users.ErrAccountNotFound)
}

func TestTimeOfChangesOnlyGrows(t *testing.T) {
	t.Parallel()

	c := users.Change{At: start.Add(-time.Hour), Apply: func(a *users.Account) error { a.Username = "chief"; return nil }}
	after, err := c.Run(boss(), 9, nil)
	require.NoError(t, err)
	require.Equal(t, start.Add(time.Microsecond), after.UpdatedAt)
}

func TestAdministrative(t *testing.T) {
	t.Parallel()

	self := users.Caller{ID: "a"}
	require.False(t, users.Change{Action: users.ActionEdit, By: self}.Administrative("a"))
	require.True(t, users.Change{Action: users.ActionEdit, By: self}.Administrative("b"))
	require.True(t, users.Change{Action: users.ActionAssignRole, By: self}.Administrative("a"))
	require.True(t, users.Change{Action: users.ActionDelete, By: self}.Administrative("a"))
}

func TestOffset(t *testing.T) {
	t.Parallel()

	require.Zero(t, users.Filter{Page: 1, Size: 10}.Offset())
	require.Equal(t, int64(190), users.Filter{Page: 20, Size: 10}.Offset())
	require.Equal(t, int64(math.MaxInt64), users.Filter{Page: math.MaxInt64, Size: 100}.Offset())
}
