package users_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/services/users"
	"stockroom/services/users/userstest"
)

func TestEditPassword(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		by          users.AccountID
		signedIn    time.Duration
		current     string
		want        error
		passed      string
		keepSession string
	}{
		"FreshSignIn":   {adaID, 14 * time.Minute, "", nil, "", session},
		"OldSignIn":     {adaID, 16 * time.Minute, "", users.ErrReauthentication, "", ""},
		"WithCurrent":   {adaID, 16 * time.Minute, userstest.CurrentPassword, nil, userstest.CurrentPassword, session},
		"WrongCurrent":  {adaID, 0, "guess", users.ErrReauthentication, "", ""},
		"ByAdmin":       {bossID, 16 * time.Minute, "", nil, "", ""},
		"ByAdminUnread": {bossID, 0, "guess", nil, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			w := newWorld(t)
			a, err := w.Edit(t.Context(), w.by(tt.by, tt.signedIn), adaID, users.Edit{
				Username: new("countess"), Password: new("Secret-123"), CurrentPassword: tt.current,
			})
			if tt.want != nil {
				require.ErrorIs(t, err, tt.want)
				require.Equal(t, int64(2), w.head(t))
				require.Empty(t, w.passwords.Activated())
				return
			}
			require.NoError(t, err)
			require.Equal(t, users.Username("countess"), a.Username)
			require.Equal(t, users.ChangeID("change-1"), a.PasswordChange)
			require.Equal(t, w.head(t), a.AuthzVersion)
			require.Equal(t, []users.NewPassword{{
				Account: adaID, Change: "change-1", Password: "Secret-123", Current: tt.passed, KeepSession: tt.keepSession,
			}}, w.passwords.Pending())
			require.Equal(t, []userstest.Activation{{Account: adaID, Change: "change-1", KeepSession: tt.keepSession}}, w.passwords.Activated())
		})
	}
}

func TestPasswordIsActivatedAfterTheClientLeft(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	ctx, leave := context.WithCancel(t.Context())
	w.passwords.OnPrepare = leave
	_, err := w.Edit(ctx, w.by(adaID, 0), adaID, users.Edit{Password: new("Secret-123")})
	require.NoError(t, err)
	require.Len(t, w.passwords.Activated(), 1)
}

func TestUnactivatedPasswordIsNotReportedAsDone(t *testing.T) {
	t.Parallel()

	w := newWorld(t)
	w.passwords.ActivateErr = users.ErrAuthUnavailable
	_, err := w.Edit(t.Context(), w.by(adaID, 0), adaID, users.Edit{Password: new("Secret-123")})
	require.ErrorIs(t, err, users.ErrAuthUnavailable)

	a, err := w.Record(t.Context(), adaID)
	require.NoError(t, err)
	require.Equal(t, users.ChangeID("change-1"), a.PasswordChange, "the change is on record and will be carried out")
}
