package users

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// reauthenticateAfter is how old a sign-in may be that still allows people to
// change their password without giving the current one.
const reauthenticateAfter = 15 * time.Minute

// Service is what can be done with accounts.
type Service struct {
	store     Store
	rights    Rights
	passwords Passwords
	now       func() time.Time
	newChange func() ChangeID
}

// NewService returns a service on the given ports. newChange makes the IDs of
// changes of passwords.
func NewService(store Store, rights Rights, passwords Passwords, now func() time.Time, newChange func() ChangeID) *Service {
	return &Service{store: store, rights: rights, passwords: passwords, now: now, newChange: newChange}
}

// Account returns the account id. Deleted ones are not found.
func (s *Service) Account(ctx context.Context, id AccountID) (Account, error) {
	a, err := s.store.Account(ctx, id)
	if err != nil {
		return Account{}, err
	}
	if a.Deleted() {
		return Account{}, ErrAccountNotFound
	}
	return a, nil
}

// Me returns the account of a signed-in caller, or ErrSessionRevoked if it is no
// longer to be used.
func (s *Service) Me(ctx context.Context, by Caller) (Account, error) {
	a, err := s.Account(ctx, by.ID)
	if errors.Is(err, ErrAccountNotFound) || err == nil && !a.IsActive {
		return Account{}, ErrSessionRevoked
	}
	return a, err
}

// Accounts returns one page of the accounts.
func (s *Service) Accounts(ctx context.Context, f Filter) (Page, error) {
	return s.store.Accounts(ctx, f)
}

// Edit changes the account id as e says.
func (s *Service) Edit(ctx context.Context, by Caller, id AccountID, e Edit) (Account, error) {
	current, err := s.Account(ctx, id)
	if err != nil && !errors.Is(err, ErrAccountNotFound) {
		return Account{}, err
	}
	if wrong := e.Check(current); wrong != nil { // comes before not found
		return Account{}, wrong
	}
	if err != nil {
		return Account{}, err
	}
	if err := by.Expects.check(current); err != nil {
		return Account{}, err
	}
	if e.Password != nil {
		return s.editPassword(ctx, by, current, e)
	}
	return s.store.Update(ctx, id, Change{Action: ActionEdit, By: by, At: s.time(), Apply: e.apply})
}

// editPassword has everything checked before the password is hashed, and the
// hash in place before the change is committed; from the commit on the change
// is made, and activating it is only what carries it out.
func (s *Service) editPassword(ctx context.Context, by Caller, current Account, e Edit) (Account, error) {
	p := NewPassword{Account: current.ID, Password: *e.Password}
	if by.ID == current.ID {
		if e.CurrentPassword == "" && s.now().Sub(by.SignedInAt) > reauthenticateAfter {
			return Account{}, ErrReauthentication
		}
		p.Current, p.KeepSession = e.CurrentPassword, by.Session
	}
	if err := s.refuseTaken(ctx, current, e); err != nil {
		return Account{}, err
	}
	p.Change = s.newChange()
	if err := s.passwords.Prepare(ctx, p); err != nil {
		return Account{}, fmt.Errorf("prepare password of %s: %w", p.Account, err)
	}
	a, err := s.store.Update(ctx, p.Account, Change{
		Action: ActionEdit, By: by, At: s.time(),
		Apply: func(a *Account) error {
			a.PasswordChange = p.Change
			return e.apply(a)
		},
	})
	if err != nil {
		return Account{}, err
	}
	// The change is committed: that the client hangs up does not take it back.
	if err := s.passwords.Activate(context.WithoutCancel(ctx), p.Account, p.Change, p.KeepSession); err != nil {
		return Account{}, fmt.Errorf("activate password of %s: %w", p.Account, err)
	}
	return a, nil
}

func (s *Service) refuseTaken(ctx context.Context, current Account, e Edit) error {
	wanted := current
	if err := e.apply(&wanted); err != nil {
		return err
	}
	taken, err := s.store.Taken(ctx, wanted.Email, wanted.Username, wanted.ID)
	switch {
	case err != nil:
		return err
	case taken.Email:
		return ErrEmailTaken
	case taken.Username:
		return ErrUsernameTaken
	}
	return nil
}

// Assign gives the account id a role.
func (s *Service) Assign(ctx context.Context, by Caller, id AccountID, role Role) (Account, error) {
	return s.set(ctx, ActionAssignRole, by, id, func(a *Account) { a.Role = role })
}

// Delete takes the account id out of use and frees its email and username. The
// records of it stay.
func (s *Service) Delete(ctx context.Context, by Caller, id AccountID) error {
	now := s.time()
	_, err := s.set(ctx, ActionDelete, by, id, func(a *Account) { a.DeletedAt = now })
	return err
}

// time returns the current time as precisely as every store can keep it.
func (s *Service) time() time.Time { return s.now().UTC().Truncate(time.Microsecond) }
