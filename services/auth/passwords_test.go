package auth_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/services/auth"
)

const better = "Better-Horse-8"

// stage stages a change of password and returns its id.
func (s *system) stage(t *testing.T, id auth.AccountID, password string, keep auth.SessionID) auth.ChangeID {
	t.Helper()
	change := auth.ChangeID(uuid.NewString())
	require.NoError(t, s.StageChange(t.Context(), auth.NewPassword{Change: change, Account: id, Password: password, Keep: keep}))
	return change
}

// commit does what users does between staging and activation.
func (s *system) commit(id auth.AccountID, change auth.ChangeID) {
	s.accounts.Change(id, func(a *auth.Account) { a.PasswordChange = change })
}

func (s *system) requirePassword(t *testing.T, right, wrong string) {
	t.Helper()
	_, err := s.Login(t.Context(), "ada", right, here)
	require.NoError(t, err)
	_, err = s.Login(t.Context(), "ada", wrong, here)
	require.ErrorIs(t, err, auth.ErrInvalidCredentials)
}

func TestChangedPasswordEndsTheOtherSessions(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	own, other := s.login(t, "ada"), s.login(t, "ada")
	change := s.stage(t, account.ID, better, "")
	s.requirePassword(t, good, better)
	s.commit(account.ID, change)

	keep := s.signer.read(t, own).Session
	require.NoError(t, s.ActivateChange(t.Context(), account.ID, change, keep))

	s.requirePassword(t, better, good)
	s.requireEnded(t, other)
	own = s.refresh(t, own)
	fresh, err := s.Login(t.Context(), "ada", better, here)
	require.NoError(t, err)
	require.NoError(t, s.ActivateChange(t.Context(), account.ID, change, keep), "once more does nothing")
	s.refresh(t, fresh)
	s.refresh(t, own)
}

func TestChangeThatIsNotCommittedIsNotActivated(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	tokens := s.login(t, "ada")
	change := s.stage(t, account.ID, better, "")

	require.NoError(t, s.ActivateChange(t.Context(), account.ID, change, ""))
	s.clock.pass(2 * time.Second)
	require.NoError(t, s.Sweep(t.Context()))

	s.requirePassword(t, good, better)
	s.refresh(t, tokens)
	_, err := s.stores.Changes.Change(t.Context(), change)
	require.NoError(t, err, "it may still be committed")

	s.clock.pass(time.Hour)
	require.NoError(t, s.Sweep(t.Context()))
	_, err = s.stores.Changes.Change(t.Context(), change)
	require.ErrorIs(t, err, auth.ErrChangeNotFound)
	s.requirePassword(t, good, better)
}

func TestCommittedChangeIsActivatedByTheSweep(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	own, other := s.login(t, "ada"), s.login(t, "ada")
	change := s.stage(t, account.ID, better, s.signer.read(t, own).Session)
	s.commit(account.ID, change)
	s.clock.pass(2 * time.Second)

	require.NoError(t, s.Sweep(t.Context()))

	credential, err := s.stores.Credentials.Credential(t.Context(), account.ID)
	require.NoError(t, err)
	require.Equal(t, change, credential.LastChange)
	s.requireEnded(t, other)
	s.refresh(t, own)
}

func TestCommittedChangeCountsBeforeAnybodyActivatesIt(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	own, other := s.login(t, "ada"), s.login(t, "ada")
	change := s.stage(t, account.ID, better, s.signer.read(t, own).Session)
	s.commit(account.ID, change)

	s.requireEnded(t, other)
	s.requirePassword(t, better, good)
	s.refresh(t, own)
}

func TestLateActivationDoesNotBringAnOldPasswordBack(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	first := s.stage(t, account.ID, better, "")
	s.commit(account.ID, first)
	second := s.stage(t, account.ID, "Latest-Horse-9", "")
	s.commit(account.ID, second)
	require.NoError(t, s.ActivateChange(t.Context(), account.ID, second, ""))

	require.NoError(t, s.ActivateChange(t.Context(), account.ID, first, ""))

	s.requirePassword(t, "Latest-Horse-9", better)
	s.clock.pass(2 * time.Hour)
	require.NoError(t, s.Sweep(t.Context()))
	s.requirePassword(t, "Latest-Horse-9", better)
}

// overtaking commits and activates another change while users is being asked.
type overtaking struct {
	auth.Accounts
	once func()
}

func (o *overtaking) Account(ctx context.Context, id auth.AccountID) (auth.Account, error) {
	account, err := o.Accounts.Account(ctx, id)
	if once := o.once; once != nil {
		o.once = nil
		once()
	}
	return account, err
}

func TestActivationThatIsOvertakenStartsOver(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	first, second := s.stage(t, account.ID, better, ""), s.stage(t, account.ID, "Latest-Horse-9", "")
	s.commit(account.ID, first)
	twin := *s.Service
	s.Accounts = &overtaking{Accounts: s.accounts, once: func() {
		s.commit(account.ID, second)
		require.NoError(t, twin.ActivateChange(t.Context(), account.ID, second, ""))
	}}

	require.NoError(t, s.ActivateChange(t.Context(), account.ID, first, ""))

	s.requirePassword(t, "Latest-Horse-9", better)
}

// changing puts a change into use while a password is being compared.
type changing struct {
	auth.Hasher
	once func()
}

func (c *changing) Verify(ctx context.Context, password, hash string) (bool, string, error) {
	if once := c.once; once != nil {
		c.once = nil
		once()
	}
	return c.Hasher.Verify(ctx, password, hash)
}

func TestSignInWithThePasswordOfAMomentAgoFails(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	s.Hasher = &changing{Hasher: s.Hasher, once: func() {
		change := s.stage(t, account.ID, better, "")
		s.commit(account.ID, change)
		require.NoError(t, s.ActivateChange(t.Context(), account.ID, change, ""))
	}}

	_, err := s.Login(t.Context(), "ada", good, here)

	require.ErrorIs(t, err, auth.ErrInvalidCredentials)
}

func TestChangesThatCannotBeStaged(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account := s.register(t, "ada")
	wrong, right := "Wrong-Horse-7", good

	for name, tt := range map[string]struct {
		n    auth.NewPassword
		want error
	}{
		"Weak":         {auth.NewPassword{Account: account.ID, Password: "weak"}, errs.ErrValidation},
		"NoCredential": {auth.NewPassword{Account: auth.AccountID(uuid.NewString()), Password: better}, auth.ErrCredentialNotFound},
		"WrongCurrent": {auth.NewPassword{Account: account.ID, Password: better, Current: &wrong}, auth.ErrReauthenticationRequired},
		"RightCurrent": {auth.NewPassword{Account: account.ID, Password: better, Current: &right}, nil},
	} {
		tt.n.Change = auth.ChangeID(uuid.NewString())
		require.ErrorIs(t, s.StageChange(t.Context(), tt.n), tt.want, name)
		_, err := s.stores.Changes.Change(t.Context(), tt.n.Change)
		require.Equal(t, tt.want == nil, err == nil, name)
	}
	require.ErrorIs(t, s.ActivateChange(t.Context(), account.ID, auth.ChangeID(uuid.NewString()), ""), auth.ErrChangeNotFound)
}

func TestChangeOfAnotherAccountIsNotActivated(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	account, other := s.register(t, "ada"), s.register(t, "other")
	change := s.stage(t, other.ID, better, "")
	s.commit(account.ID, change)

	require.ErrorIs(t, s.ActivateChange(t.Context(), account.ID, change, ""), auth.ErrChangeNotFound)
}
